package app

import (
	"slices"
	"strings"
	"testing"
)

// A shop with an account must not practise because one name was misspelt.
func TestAHalfGivenGroupIsRefused(t *testing.T) {
	for _, row := range []struct {
		env  environ
		want string
	}{
		{environ{"ANTOM_PRIVATE_KEY": "private", "ANTOM_PUBLIC_KEY": "public"}, "ANTOM_CLIENT_ID: missing; ANTOM_PRIVATE_KEY is given"},
		{environ{"ANTOM_PRIVATE_KEY_FILE": writeFile(t, "private")}, "ANTOM_CLIENT_ID: missing"},
		{environ{"ANTOM_PUBLIC_KEY": "public"}, "ANTOM_CLIENT_ID: missing"},
		{environ{"ANTOM_URL": "https://open-de-global.alipay.com"}, "ANTOM_CLIENT_ID: missing"},
		{environ{"ANTOM_CLIENT_ID": "SANDBOX_5Y", "ANTOM_PUBLIC_KEY": "public"}, "ANTOM_PRIVATE_KEY: missing; ANTOM_CLIENT_ID is given"},
		{environ{"ANTOM_SDK_INTEGRITY": "sha384-" + strings.Repeat("A", 64)}, "ANTOM_SDK_INTEGRITY: the sandbox's own script"},
		{environ{"SMTP_URL": "smtp://mail.example.com"}, "MAIL_FROM: missing; SMTP_URL is given"},
		{environ{"MAIL_FROM": "shop@example.com"}, "SMTP_URL: missing"},
		{environ{"PUBLIC_URL": "https://pay.example.com"}, "SANDBOX=on"},
		{account(environ{"SANDBOX": "on"}), "SANDBOX: on starts the embedded sandbox"},
		{account(environ{"PUBLIC_URL": ""}), "PUBLIC_URL: missing"},
		{account(environ{"PUBLIC_URL": "http://localhost:8080"}), "PUBLIC_URL: missing, or on this machine"},
		{account(environ{"ANTOM_PRIVATE_KEY": "", "ANTOM_PRIVATE_KEY_FILE": writeFile(t, " \n")}), "ANTOM_PRIVATE_KEY_FILE: "},
		{environ{"SESSION_KEY_FILE": writeFile(t, "")}, "is empty"},
		{environ{"SDK_SUBMIT_BUTTON": "shop"}, "SDK_SUBMIT_BUTTON: shop needs SDK_UI=inline"},
		{environ{"METRICS_ADDR": "localhost:8080"}, "METRICS_ADDR: the shop listens there"},
		{environ{"SANDBOX_ADDR": "localhost:8080"}, "SANDBOX_ADDR: the shop listens there"},
	} {
		expectProblems(t, row.env, nil, row.want)
	}
	if _, err := Load(nil, environ{"ADDR": "8080"}.get); err == nil || strings.Contains(err.Error(), "METRICS_ADDR") {
		t.Errorf("a wrong address is answered %v", err)
	}
	for _, env := range []environ{
		{"SANDBOX": "on", "PUBLIC_URL": "https://demo.example.com"}, {"MAIL_FROM": "shop@example.com", "MAIL_DIR": "emails"},
		{"ANTOM_SDK_URL": "https://sdk.example.com/a.js", "ANTOM_SDK_INTEGRITY": "sha384-" + strings.Repeat("A", 64)},
		account(nil), account(environ{"PUBLIC_URL": "", "ANTOM_URL": "http://localhost:8081"}),
	} {
		load(t, env)
	}
	code, _, problems := runs(t, environ{"PUBLIC_URL": "https://pay.example.com", "ANTOM_PRIVATE_KEY": "private", "ANTOM_PUBLIC_KEY": "public"}, "page-inventory")
	if code != 2 || !strings.Contains(problems, "ANTOM_CLIENT_ID: missing") {
		t.Errorf("a misspelt client id ends with %d %s", code, problems)
	}
}

// warned are the names of the settings that are warned about.
func warned(s Settings) (names []string) {
	for _, w := range s.Warnings {
		names = append(names, w.Setting)
	}
	slices.Sort(names)
	return names
}

func TestWhatAnOperatorWouldNotWantIsWarnedOf(t *testing.T) {
	for _, row := range []struct {
		env  environ
		args []string
		want string
	}{
		{nil, nil, ""},
		{account(nil), nil, "SHOP_NAME SMTP_URL"},
		{account(environ{"RATE_LIMITS": "off"}), nil, "RATE_LIMITS SHOP_NAME SMTP_URL"},
		{account(environ{"SHOP_NAME": "Tea", "SMTP_URL": "smtps://mail.example.com", "MAIL_FROM": "shop@example.com"}), nil, ""},
		{account(environ{"SHOP_NAME": "Tea", "SMTP_URL": "smtps://mail.example.com", "MAIL_FROM": "shop@example.com", "MAIL_DIR": "emails"}), nil, "MAIL_DIR"},
		{account(environ{"ANTOM_CLIENT_ID": "SANDBOX_5Y1234"}), nil, ""},
		{account(environ{"ANTOM_CLIENT_ID": "SANDBOX_5Y1234", "PUBLIC_URL": ""}), nil, "PUBLIC_URL"},
		{account(environ{"ANTOM_CLIENT_ID": "SANDBOX_5Y1234"}), []string{"-antom-private-key", "private", "-antom-public-key", "public"}, "ANTOM_PRIVATE_KEY"},
		{environ{"TZ": "Mars"}, nil, "TZ"},
		{environ{"TRUSTED_PROXIES": "0.0.0.0/0", "DEVELOPER_NETWORKS": "::/0"}, nil, "DEVELOPER_NETWORKS TRUSTED_PROXIES"},
		{environ{"TZ": "Asia/Singapore"}, nil, ""},
		{nil, []string{"-session-key", strings.Repeat("k", 32)}, "SESSION_KEY"},
		{nil, []string{"-session-key-file", writeFile(t, strings.Repeat("k", 32))}, ""},
	} {
		if got := strings.Join(warned(load(t, row.env, row.args...)), " "); got != row.want {
			t.Errorf("%v %v is warned of %q, want %q", row.env, row.args, got, row.want)
		}
	}
}

func TestANameWithASlipIsSaid(t *testing.T) {
	environ := []string{
		"HOME=/root", "ADDRESS=1", "MAIL=/var/mail", "LOGNAME=root", "ANTOM_CLIENTID=5Y", "ANTOM_KEY=a", "antom_client_id=5Y", "PUBLIC_URI=https://pay.example.com",
		"TRUSTED_PROXY=10.0.0.1", "ANTOM_PRIVAT_KEY_FILE=a.pem", "ANTOM_CLIENT_ID=5Y", "ANTOM_PRIVATE_KEY_FILE=a", "SMPT_URL=smtp://a", "ANTOM_UNUSED=",
	}
	var got []string
	for _, w := range misspelt(environ) {
		got = append(got, w.Setting)
	}
	want := []string{"ANTOM_CLIENTID", "ANTOM_KEY", "ANTOM_PRIVAT_KEY_FILE", "PUBLIC_URI", "SMPT_URL", "TRUSTED_PROXY", "antom_client_id"}
	if !slices.Equal(got, want) {
		t.Errorf("said are %q, want %q", got, want)
	}
	if text := misspelt(environ)[0].Text; !strings.Contains(text, "is ANTOM_CLIENT_ID meant?") {
		t.Errorf("the cure is %q", text)
	}
}

func TestTheLogSaysWhatIsWarnedOf(t *testing.T) {
	t.Setenv("ANTOM_CLIENT", "5Y1234")
	p := runProgram(t, environ{"SESSION_KEY": strings.Repeat("k", 32)})
	if log := p.log.String(); !strings.Contains(log, `level=WARN msg=setting setting=ANTOM_CLIENT problem="no setting has this name`) {
		t.Errorf("the log is\n%s", log)
	}
}
