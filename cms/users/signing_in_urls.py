"""Signing in and out, addresses, passwords, the second step: the pages of allauth, with ours before some."""

from django.urls import include, path, re_path

from cms.users import signing_in_views as ours

urlpatterns = [
    re_path(r"^confirm-email/(?P<key>[-:\w]+)/$", ours.confirm_address, name="account_confirm_email"),
    path("second-step/authenticate/", ours.second_step, name="mfa_authenticate"),
    path("second-step/recovery-codes/", ours.recovery_codes, name="mfa_view_recovery_codes"),
    path(
        "second-step/recovery-codes/download/",
        ours.download_recovery_codes,
        name="mfa_download_recovery_codes",
    ),
    path("second-step/webauthn/login/", ours.passkey_sign_in, name="mfa_login_webauthn"),
    path("second-step/", include("allauth.mfa.urls")),
    path("", include("allauth.account.urls")),
]
