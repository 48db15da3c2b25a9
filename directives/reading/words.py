"""Words of official Vietnamese: nouns that open the name of a body, verbs of doing. In the form of text.key_of."""

# Each may say what must not, or must, follow: `phòng` but not `phòng chống`. Alternatives part at " | ".
NOUNS = r"""
ubnd | ủy ban nhân dân | hđnd | hội đồng nhân dân | ub ?mttq | mttq | mặt trận tổ quốc | mặt trận
| ủy ban(?= mttq| mặt trận| kiểm tra| bầu cử| dân tộc) | ubkt | huyện ủy | tỉnh ủy | thành ủy | thị ủy | quận ủy
| đảng ủy | đảng bộ | chi bộ | chi ủy | cấp ủy | btv | bch | (?:ban )?thường vụ | thường trực | tổ chức đảng
| đảng đoàn | sở(?! hữu) | phòng(?! chống|,? chống| ngừa| cháy| bệnh| dịch| thủ dân sự$) | chi cục | tổng cục
| cục(?! bộ) | vụ(?= [a-zđ]+(?: -| và)?)(?! việc| mùa| đông| xuân| hè)
| bộ(?! tiêu chí| mặt| máy| phận| đội| môn| luật) | bộ trưởng | ban(?! hành| đầu| ngày) | bcđ | bql | bqlda
| tổ(?! chức| ong) | đoàn(?! kết| viên| thể) | hội đồng | văn phòng | vp | vpđp | trung tâm | tttt
| quân khu | quân chủng | btl | kiểm toán(?= nhà nước) | tổng liên đoàn
| viện(?! trợ| dẫn) | trường(?! hợp| học đạt) | trạm | hạt kiểm lâm | đội(?! ngũ) | lực lượng
| hội(?! nghị| thảo| họp| nhập| thi| chợ) | liên minh | liên đoàn | huyện đoàn | tỉnh đoàn | thành đoàn
| đoàn thể | công đoàn | công an | quân sự | bộ đội biên phòng | đồn biên phòng | tòa án | viện kiểm sát
| thanh tra(?=\s+(?:huyện|tỉnh|sở|nhà nước|chính phủ)) | chính phủ | thủ tướng | điện lực | công ty | tập đoàn
| ngân hàng | nhcsxh | kho bạc | bảo hiểm xã hội | bhxh | bưu điện | bưu chính | viễn thông | vnpt | viettel
| đài | báo(?! cáo| động| hiệu) | thông tấn xã | cổng thông tin | cơ quan báo | xã(?! hội) | phường | thị trấn
| huyện(?! lỵ) | thành phố | thị xã | tỉnh(?! lộ) | quận | thôn | bản(?! chất| sắc| tin| đồ| thân| quyền) | buôn
| xóm | ấp | khu dân cư | địa phương | đơn vị | cơ quan | ngành | các cấp | các tổ chức
| tổ chức(?= chính trị| hội| đoàn| đảng| tín dụng| xã hội) | doanh nghiệp | hợp tác xã | htx | chủ đầu tư
| chủ đập | chủ hồ | chủ thể | nhà thầu | nhà máy | bí thư | phó bí thư | chủ tịch | phó chủ tịch | giám đốc
| phó giám đốc | trưởng(?= phòng| ban| các| thôn| đoàn| công an| bản) | phó trưởng | chánh | thủ trưởng
| người đứng đầu | lãnh đạo(?=\s+(?:ubnd|các|phòng|sở|ban|huyện|xã|tỉnh|đơn vị|cơ quan|,)) | thành viên | cán bộ
| công chức | chuyên viên | ủy viên | hiệu trưởng | chính quyền | khối(?! lượng) | cụm | nhân dân(?=\s+(?:các|trên))
| già làng | người có uy tín | kế toán(?= xã| ngân| ubnd| trưởng) | tổ trưởng | đội trưởng | tổng giám đốc | cảnh sát
"""

VERBS = r"""
chủ trì | phối hợp | rà soát | tham mưu | tiếp tục | tập trung | khẩn trương | thực hiện | triển khai | tổ chức
| xây dựng | hướng dẫn | chỉ đạo | lãnh đạo | kiểm tra | kiểm điểm | kiểm đếm | kiểm soát | giám sát | đôn đốc
| báo cáo(?! của) | chủ động | tích cực | quan tâm | chú trọng | tăng cường | đẩy mạnh | đẩy nhanh | nâng cao | nâng cấp
| nâng | phát huy | phát động | phát triển | duy trì | giữ vững | giữ | củng cố | hoàn thiện | hoàn thành
| kiện toàn | phân công | phân bổ | phân loại | bố trí | lồng ghép | huy động | giải ngân | giải quyết
| giải tỏa | hoàn chỉnh | soạn thảo | (?<=\w )(?<!các )(?<!của )dự thảo(?= văn bản| tờ trình| báo cáo| quyết định| kế hoạch)
| trân trọng | cảm ơn | (?<!vị )(?<!nghiệp )(?<!ty )(?<!sở )(?<!chuỗi )cung ứng
| luân phiên | tuyệt đối | truy quét | bám | nghiên cứu | đối chiếu | tháo dỡ | khôi phục | gia cố | tạm ứng | diễn tập
| quản lý | sử dụng | khai thác | bảo vệ | bảo đảm | đảm bảo | khắc phục | xử lý | tháo gỡ | đề nghị(?! của)
| yêu cầu(?! của) | giao | ban hành | phê duyệt | thẩm định | thẩm tra | công nhận | đánh giá | xác định | lập
| cập nhật | công khai | tuyên truyền | vận động | phổ biến | quán triệt | hưởng ứng | tham gia | khuyến khích
| hỗ trợ | tạo điều kiện | tạo | thu hút | ứng dụng | chuyển đổi | chuyển | mở rộng | mở | đầu tư | cải tạo
| chỉnh trang | trồng | thu gom | thu hồi | thu hoạch | thu giá | thu | phòng,? chống | ngăn chặn | đấu tranh
| cung cấp | gửi | nộp | tiếp thu | bổ sung | điều chỉnh | sửa đổi | sửa chữa | chuẩn bị | ưu tiên
| thành lập | đăng ký | ký kết | ký | cân đối | quyết toán | thanh toán | thanh tra | nắm bắt | nắm | phản ánh
| đưa | lấy ý kiến | bám sát | gắn | cử | niêm yết | kêu gọi | kết nối | kết luận | thúc đẩy | đổi mới
| đa dạng hóa | khảo sát | thống kê | thống nhất | thu thập | phân tích | lựa chọn | chọn | khen thưởng
| nhân rộng | tập huấn | đào tạo | bồi dưỡng | vận hành | khơi dậy | khơi thông | giảm | tăng | hạn chế
| rút ngắn | thường xuyên | kịp thời | trực tiếp | căn cứ | phấn đấu | quyết tâm | có trách nhiệm
| chịu trách nhiệm | có kế hoạch | có giải pháp | có biện pháp | có văn bản | làm tốt | làm rõ | làm việc
| làm thủ tục | làm | chấn chỉnh | số hóa | giới thiệu | quảng bá | liên kết | hình thành | theo dõi | tổng hợp
| đề xuất(?! của) | trình | thông báo | thông tin | chấp hành | nghiêm túc | sẽ | phải | cần | hoãn | vận dụng
| theo chức năng | theo nhiệm vụ | theo lĩnh vực | trên cơ sở | tiến hành | đồng loạt | cùng với | xem xét
| ủy quyền | nhận | tiếp nhận | bàn giao | thi công | nghiệm thu | khởi công | điều tra | điều chuyển
| điều phối | phân cấp | dự | nhắc | bàn | họp | giao ban | trả lời | trao đổi | khơi | đóng góp | hiến
| ra quân | dành | định kỳ | sơ kết | tổng kết | lưu ý | đặc biệt | luôn | kiên quyết | quyết liệt | ngăn
| tăng thời lượng | liên tục | xóa | đỡ đầu | giúp đỡ | giúp | động viên | chăm lo | cụ thể hóa
| rút kinh nghiệm | phục vụ | đáp ứng | tự | gương mẫu | phát hiện | phụ trách | đạt | bình xét | chi trả | cấp
| in | mời | vào cuộc | khẩn cấp | sẵn sàng | di dời | sơ tán | cấm | giải phóng | truyền thông | thu chi
| nhanh chóng | sớm | ngay | hàng tuần | hằng tuần | hàng tháng | hằng tháng | hàng quý | hằng quý | hàng năm
| hằng năm | mỗi tháng | mỗi quý | mỗi tuần | đồng thời | nhất trí | đồng ý | cơ bản | ghi nhận | không
| định hướng | đảm nhận | đảm trách | kết hợp
| trang bị | giải trình | xác minh | xác nhận | quyết định | cho ý kiến | cảnh báo | phòng ngừa | tu sửa
| nạo vét | tiêm phòng | trực ban | duy tu | xét duyệt | đồng hành | phát sóng | đưa tin | sắp xếp | lan tỏa
| điều động | luân chuyển | tự đánh giá | tự rà soát | truy thu | khoanh vùng | bảo tồn | gìn giữ | nhân
| chia sẻ | lấy | đặt | hoàn trả | kiểm kê | ngừng | dừng | tạm dừng | chốt | bảo trì | đo | thiết kế
| tuyển chọn | tiêu thụ | nâng chất | là | lắp đặt | số hoá | mua sắm | xúc tiến | tích hợp | ghi | đo đạc
| cam kết | thực sự | nỗ lực | lắng nghe | xem | coi | đăng tải | tuyên dương | biểu dương | phê bình | đề cao
| dự trữ | chăm sóc | ra soát | dọn | vệ sinh | bổ trí | chuẩn hóa | tận dụng | ưu đãi | hiện đại hóa
| xã hội hóa | hợp nhất
"""


def alternatives(words: str) -> list[str]:
    """The words of a list above, one pattern each."""
    return [word.strip(" |\n") for word in words.replace("\n|", " | ").split(" | ") if word.strip(" |\n")]


def either(patterns: list[str]) -> str:
    """A pattern that tries these in their order, but only those with the letter at hand.

    Those that start with a condition come first: they are the narrower ones.
    """
    by_letter: dict[str, list[str]] = {"": []}
    for pattern in patterns:
        letter = pattern[0] if pattern[0].isalpha() else ""
        by_letter.setdefault(letter, []).append(pattern[len(letter) :])
    return "|".join(f"{letter}(?:{'|'.join(rest)})" for letter, rest in by_letter.items() if rest)
