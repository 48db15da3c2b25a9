"""Native charts of rows that stand on the same sheet: Excel draws them anew when a number is changed."""

from ntm_tracker.spreadsheet.book import FONT


def add_bars(sheet, title, rows, *, names, values, color, at, box, upright=False):
    """A chart of bars over written rows: lying, with long names beside them, or `upright`.

    `rows` are (name, value, row on the sheet), one below another; `names` and `values` the columns they stand in; `at` the
    column and the pixel from the top where the box (width, height in pixels) begins.
    """
    first, last = rows[0][2], rows[-1][2]
    chart = sheet.book.writer.add_chart({"type": "column" if upright else "bar"})
    font = {"name": FONT, "size": 10, "color": "#000000"}
    chart.add_series(
        {
            "name": title,
            "categories": [sheet.name, first, names, last, names],
            "values": [sheet.name, first, values, last, values],
            # A program that draws before it reads the cells finds the values here.
            "categories_data": [name for name, _, _ in rows],
            "values_data": [value for _, value, _ in rows],
            "fill": {"color": f"#{color}"},
            "gap": 45,
            "data_labels": {"value": True, "font": font},
        }
    )
    chart.set_title({"name": title, "name_font": {**font, "size": 12, "bold": True}, "overlay": False})
    chart.set_legend({"none": True})
    chart.set_chartarea({"border": {"color": "#B5C0BB"}})
    names_axis = {"num_font": font, "line": {"color": "#7D8A84"}, "major_tick_mark": "none"}
    values_axis = {"visible": False, "major_gridlines": {"visible": False}, "min": 0}
    chart.set_x_axis(names_axis if upright else values_axis)
    # The first at the top, as in the table.
    chart.set_y_axis(values_axis if upright else {**names_axis, "reverse": True})
    chart.set_size({"width": box[0], "height": box[1]})
    column, down = at
    sheet.sheet.insert_chart(
        0, column, chart, {"y_offset": down, "x_offset": 12, "description": title, "object_position": 2}
    )
