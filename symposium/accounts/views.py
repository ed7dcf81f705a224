from allauth.account.views import LoginView

from symposium.accounts.forms import PasswordLoginForm


class PasswordLoginView(LoginView):
    template_name = "account/login_password.html"

    def get_form_class(self):
        return PasswordLoginForm
