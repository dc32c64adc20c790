package samples

import (
	"context"

	"antom-checkout/views/desk"
)

// settings is the page of what the operator has decided.
func settings(ctx context.Context) []Page {
	v := desk.Settings{
		Frame: Frame(ctx, "settings"), ExamineURL: "/",
		Steps: []desk.Step{{Key: "account", Done: true}, {Key: "address", Done: true}, {Key: "email"}, {Key: "real"}},
		Rows: []desk.SettingRow{
			{Name: "PUBLIC_URL", Value: "https://pay.kiln.example", From: "environment"},
			{Name: "ANTOM_PRIVATE_KEY", Secret: true, From: "file"},
			{Name: "ORDER_TTL", Value: "30m", From: "default"},
		},
	}
	plain := desk.SettingsPage(v)
	v.Findings = []desk.Finding{
		{Check: "database", Text: "writable, schema 36", Result: desk.Status{Key: "check_ok", Severity: "good"}},
		{Check: "mail", Text: "smtp.kiln.example does not answer", Cure: "Correct SMTP_URL.", Result: desk.Status{Key: "check_warning", Severity: "wait"}},
	}
	return []Page{{"desk-settings", plain}, {"desk-settings-examined", desk.SettingsPage(v)}}
}
