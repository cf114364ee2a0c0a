"""The addresses of one's own account: those of allauth that are used, and ours. Nobody signs up, and no account has an
e-mail."""

from allauth.account import views
from allauth.mfa.base import views as factor
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from django.urls import path as plain_path

from wuyicun.kernel.accounts import pages, passkeys
from wuyicun.kernel.accounts.second_factor import audited
from wuyicun.kernel.web.responses import path

urlpatterns = [
    plain_path("login/", views.login, name="account_login"),
    plain_path("logout/", views.logout, name="account_logout"),
    plain_path("password/change/", views.password_change, name="account_change_password"),
    plain_path("reauthenticate/", views.reauthenticate, name="account_reauthenticate"),
    plain_path("2fa/", factor.index, name="mfa_index"),
    plain_path("2fa/authenticate/", factor.authenticate, name="mfa_authenticate"),
    plain_path("2fa/reauthenticate/", factor.reauthenticate, name="mfa_reauthenticate"),
    plain_path("2fa/totp/activate/", audited(totp.activate_totp), name="mfa_activate_totp"),
    plain_path("2fa/totp/deactivate/", audited(totp.deactivate_totp), name="mfa_deactivate_totp"),
    plain_path("2fa/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    plain_path("2fa/codes/new/", audited(codes.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    plain_path("2fa/passkeys/", passkeys.Listed.as_view(), name="mfa_list_webauthn"),
    plain_path("2fa/passkeys/add/", audited(webauthn.add_webauthn), name="mfa_add_webauthn"),
    plain_path("2fa/passkeys/login/", passkeys.LogIn.as_view(), name="mfa_login_webauthn"),
    plain_path("2fa/passkeys/reauthenticate/", webauthn.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    plain_path("2fa/passkeys/<int:pk>/name/", webauthn.edit_webauthn, name="mfa_edit_webauthn"),
    plain_path("2fa/passkeys/<int:pk>/remove/", audited(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path("", pages.my_account, "my_account"),
    path("phone/", pages.my_phone, "my_phone"),
    path("password/first/", pages.first_password, "first_password"),
    path("second-factor/", pages.lead_to_second_factor, "second_factor"),
]
