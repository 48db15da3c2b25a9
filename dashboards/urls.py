from django.urls import path

from dashboards import views

app_name = "dashboards"

urlpatterns = [
    path("", views.overview, name="overview"),
    path("ma-tran/", views.matrix, name="matrix"),
    path("ma-tran/bieu-01-03.xlsx", views.workbook, name="workbook"),
    path("cua-toi/", views.mine, name="mine"),
    path("xa/", views.commune_list, name="communes"),
    path("xa/gan-dat-chuan/", views.near, name="near"),
    path("xa/<int:pk>/", views.commune, name="commune"),
]
