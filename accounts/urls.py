from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("dang-nhap/", views.SignIn.as_view(), name="login"),
    path("da-dang-nhap/", views.signed_in, name="signed-in"),
    path("dang-xuat/", LogoutView.as_view(), name="logout"),
    path("doi-mat-khau/", views.PasswordChange.as_view(), name="password-change"),
    path("doi-mat-khau/xong/", views.PasswordChangeDone.as_view(), name="password-change-done"),
]
