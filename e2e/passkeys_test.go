package e2e

import (
	"testing"

	"github.com/chromedp/cdproto/webauthn"
)

// hasAuthenticator gives the tab an authenticator that keeps passkeys and verifies the person.
func (b *buyer) hasAuthenticator() webauthn.AuthenticatorID {
	b.t.Helper()
	call(b, webauthn.Enable, webauthn.EnableParams{})
	return call(b, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: webauthn.AuthenticatorProtocolCtap2, Transport: webauthn.AuthenticatorTransportInternal,
		HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}}).AuthenticatorID
}

// addsPasskey adds a passkey at the person's account.
func (b *buyer) addsPasskey(name string) {
	b.t.Helper()
	b.opens("/dashboard/account")
	b.seesPage("account")
	b.presses("add-passkey")
	b.fillsIn("", "#passkey-name", name)
	b.fillsIn("", "#current-passkey", deskPassword)
	b.presses("make-passkey")
}

// signsInByPasskey signs out, and in again without a password.
func (b *buyer) signsInByPasskey() {
	b.t.Helper()
	b.presses("sign-out")
	b.seesPage("sign-in")
	b.presses("passkey")
}

// TestAPersonSignsInByAPasskey: made at the account, it signs in alone and as second factor;
// when it is removed there, or the authenticator does not verify the person, it opens nothing.
func TestAPersonSignsInByAPasskey(t *testing.T) {
	onBoth(t, func(t *testing.T, on device) {
		person := openShop(t, "ADDR=localhost:0").buyer(on) // browsers bind no passkey to an IP address
		key := person.hasAuthenticator()
		person.joins(deskEmail, "owner")
		person.addsPasskey("Phone")
		person.seesPage("codes")
		person.signsInByPasskey()
		person.seesPage("orders")

		person.presses("sign-out")
		person.seesPage("sign-in")
		person.fills("email", deskEmail)
		person.fills("password", deskPassword)
		person.clicks(mainButton)
		person.seesPage("second-factor")
		person.presses("passkey")
		person.seesPage("orders")

		call(person, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: key})
		person.signsInByPasskey()
		person.until("why it did not work", `document.querySelector("[data-says]:not([hidden])")?.innerText`)
		call(person, webauthn.SetUserVerified, webauthn.SetUserVerifiedParams{AuthenticatorID: key, IsUserVerified: true})
		person.presses("passkey")
		person.seesPage("orders")

		person.addsPasskey("Again")
		person.until("that the device has one", `document.querySelector("[data-says]:not([hidden])")?.innerText`)
		person.opens("/dashboard/account")
		person.clicks(hook("passkey-row") + " details:last-of-type summary")
		person.fillsIn("", hook("passkey-row")+" [name=current]", deskPassword)
		person.clicks(hook("passkey-row") + " details:last-of-type button")
		person.until("the empty list", `document.readyState === "complete" && !document.querySelector('[data-test="passkey-row"]')`)
		person.mayComplain("422")
		person.signsInByPasskey()
		person.until("that it opens nothing", `document.querySelector("main [role=alert]:not([data-says])")?.innerText`)
		person.seesPage("sign-in")
		person.hasNo(".tabs")
	})
}

// Without script the password stays the way in, and nothing offers what cannot work.
func TestWithoutScriptNoPasskeyIsOffered(t *testing.T) {
	t.Parallel()
	person := openShop(t, "ADDR=localhost:0").buyer(desktop)
	person.withoutJavaScript()
	person.joins(deskEmail, "owner")
	person.opens("/dashboard/account")
	person.until("what a passkey needs", `document.querySelector("[data-without]").offsetHeight > 0`)
	person.until("no form", `document.querySelector("form[data-passkey]").offsetHeight === 0`)
}

// The forms of passkeys are hidden in the gallery, which has another address. Here they are not.
func TestThePagesOfPasskeysAreAccessible(t *testing.T) {
	t.Parallel()
	person := openShop(t, "ADDR=localhost:0").buyer(deskDesktop)
	person.hasAuthenticator()
	person.joins(deskEmail, "owner")
	person.addsPasskey("Phone")
	person.seesPage("codes")
	person.hasAxe()
	person.opens("/dashboard/account")
	person.presses("add-passkey")
	person.clicks(hook("passkey-row") + " details:last-of-type summary")
	person.isAccessibleAs("passkeys")
	person.presses("sign-out")
	person.seesPage("sign-in")
	person.until("the button", `document.querySelector('[data-test="passkey"]').offsetHeight > 0`)
	person.isAccessibleAs("passkey-sign-in")
	person.fills("email", deskEmail)
	person.fills("password", deskPassword)
	person.clicks(mainButton)
	person.seesPage("second-factor")
	person.isAccessibleAs("passkey-second-factor")
}
