from django.contrib.auth.views import LogoutView
from django.urls import path

from accounts import views

app_name = "accounts"

urlpatterns = [
    path("dang-nhap/", views.SignIn.as_view(), name="login"),
    path("ma-xac-thuc/", views.second_step, name="second-step"),
    path("da-dang-nhap/", views.signed_in, name="signed-in"),
    path("dang-xuat/", LogoutView.as_view(), name="logout"),
    path("doi-mat-khau/", views.PasswordChange.as_view(), name="password-change"),
    path("doi-mat-khau/xong/", views.PasswordChangeDone.as_view(), name="password-change-done"),
    path("bao-mat/", views.security, name="security"),
    path("bao-mat/hai-buoc/", views.second_step_on, name="second-step-on"),
    path("bao-mat/<slug:change>/", views.security_change, name="security-change"),
]
