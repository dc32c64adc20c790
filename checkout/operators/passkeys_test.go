package operators_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/descope/virtualwebauthn"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
)

// phone is a person's device: it keeps the private halves of their passkeys.
type phone struct {
	h     *house
	party virtualwebauthn.RelyingParty
	virtualwebauthn.Authenticator
	key virtualwebauthn.Credential
}

// newKey makes a key whose coordinates have 32 bytes each. The library cuts leading zeros off,
// which an authenticator does not.
func newKey() virtualwebauthn.Credential {
	for {
		key := virtualwebauthn.NewCredential(virtualwebauthn.KeyTypeEC2)
		if len(key.Key.AttestationData()) == 77 {
			return key
		}
	}
}

func (h *house) newPhone(person string) *phone {
	return &phone{
		h: h, party: virtualwebauthn.RelyingParty{ID: "shop.example", Name: "Kiln", Origin: "https://shop.example"},
		Authenticator: virtualwebauthn.NewAuthenticatorWithOptions(virtualwebauthn.AuthenticatorOptions{UserHandle: []byte(person)}),
		key:           newKey(),
	}
}

func (h *house) json(v any) string {
	h.t.Helper()
	text, err := json.Marshal(v)
	h.must(err)
	return string(text)
}

// makes answers what a browser does to the options of a registration.
func (p *phone) makes(options any) []byte {
	p.h.t.Helper()
	parsed, err := virtualwebauthn.ParseAttestationOptions(p.h.json(options))
	p.h.must(err)
	return []byte(virtualwebauthn.CreateAttestationResponse(p.party, p.Authenticator, p.key, *parsed))
}

// signs answers what a browser does to the options of a sign-in. The key counts.
func (p *phone) signs(options any) []byte {
	p.h.t.Helper()
	parsed, err := virtualwebauthn.ParseAssertionOptions(p.h.json(options))
	p.h.must(err)
	p.key.Counter++
	return []byte(virtualwebauthn.CreateAssertionResponse(p.party, p.Authenticator, p.key, *parsed))
}

// adds registers a passkey of the phone, and answers its id, the session and recovery codes.
func (h *house) adds(token, name string) (p *phone, id string, entered operators.Entered, codes []string) {
	h.t.Helper()
	signed, err := h.SignedIn(h.ctx(), token)
	h.must(err)
	options, err := h.BeginPasskey(h.ctx(), signed, token, goodPassword, name)
	h.must(err)
	p = h.newPhone(signed.Person.ID)
	entered, codes, err = h.AddPasskey(h.ctx(), signed, token, name, p.makes(options), desk)
	h.must(err)
	m, err := h.Person(h.ctx(), signed.Person.ID)
	h.must(err)
	return p, m.Passkeys[len(m.Passkeys)-1].ID, entered, codes
}

// signsInBy signs in by a phone alone.
func (h *house) signsInBy(p *phone) (operators.Entered, error) {
	h.t.Helper()
	options, browser, err := h.BeginPasskeySignIn(h.ctx())
	h.must(err)
	return h.SignInByPasskey(h.ctx(), browser, p.signs(options), "", desk)
}

// actions are what the operators' log says was done, the newest first.
func (h *house) actions() (all []string) {
	h.t.Helper()
	entries, err := h.OperatorsLog(h.ctx(), checkout.Window{Limit: 50})
	h.must(err)
	for _, e := range entries {
		all = append(all, e.Action)
	}
	return all
}

func TestAPasskeyIsASecondFactorAndSignsInAlone(t *testing.T) {
	h := newHouse(t, true)
	entered := h.enters("mei@kiln.example", operators.Owner)
	h.isSignedIn(entered.Token, operators.StageSetup)
	p, id, after, codes := h.adds(entered.Token, "Phone")
	h.isSignedOut(entered.Token)
	h.isSignedIn(after.Token, operators.StageFull)
	if len(codes) != 10 {
		t.Errorf("the first second factor came with %d recovery codes", len(codes))
	}

	alone, err := h.signsInBy(p)
	h.must(err)
	h.isSignedIn(alone.Token, operators.StageFull)

	begun, err := h.SignIn(h.ctx(), "mei@kiln.example", goodPassword, "", desk)
	h.must(err)
	proving := h.isSignedIn(begun.Token, operators.StageProving)
	options, err := h.BeginPasskeyProof(h.ctx(), proving, begun.Token)
	h.must(err)
	if len(options.Response.AllowedCredentials) != 1 || options.Response.AllowedCredentials[0].CredentialID.String() != id {
		t.Errorf("the browser is asked for %v", options.Response.AllowedCredentials)
	}
	full, err := h.ProveByPasskey(h.ctx(), proving, begun.Token, p.signs(options), desk)
	h.must(err)
	h.isSignedOut(begun.Token)
	h.isSignedIn(full.Token, operators.StageFull)

	begun, err = h.SignIn(h.ctx(), "mei@kiln.example", goodPassword, "", desk)
	h.must(err)
	recovered, err := h.Prove(h.ctx(), h.isSignedIn(begun.Token, operators.StageProving), codes[0], desk)
	h.must(err)
	h.isSignedIn(recovered.Token, operators.StageFull)

	m, err := h.Person(h.ctx(), "mei@kiln.example")
	h.must(err)
	if k := m.Passkeys[0]; k.Name != "Phone" || k.Count != p.key.Counter || !k.UsedAt.Equal(h.now) {
		t.Errorf("the passkey is kept as %+v", k)
	}
	if got := h.actions(); !slices.Contains(got, "passkey_added") || !slices.Contains(got, "signed_in_by_passkey") {
		t.Errorf("the log says %v", got)
	}
}

// What is not exactly right opens nothing, and uses the challenge up.
func TestAPasskeyOfAnotherOriginPersonOrBrowserIsRefused(t *testing.T) {
	h := newHouse(t, false)
	p, _, _, _ := h.adds(h.enters("mei@kiln.example", operators.Owner).Token, "Phone")

	for name, change := range map[string]func(*phone){
		"another origin":    func(p *phone) { p.party.Origin = "https://shop.example.evil.example" },
		"another port":      func(p *phone) { p.party.Origin = "https://shop.example:8443" },
		"another host":      func(p *phone) { p.party.ID = "evil.example" },
		"another key":       func(p *phone) { p.key.Key = newKey().Key },
		"an unknown id":     func(p *phone) { p.key.ID = []byte("0123456789abcdef0123456789abcdef") },
		"an unknown person": func(p *phone) { p.Options.UserHandle = []byte("stranger") },
		"no person":         func(p *phone) { p.Options.UserHandle = nil },
		"no verification":   func(p *phone) { p.Options.UserNotVerified = true },
		"no presence":       func(p *phone) { p.Options.UserNotPresent = true },
	} {
		wrong := *p
		change(&wrong)
		options, browser, err := h.BeginPasskeySignIn(h.ctx())
		h.must(err)
		_, err = h.SignInByPasskey(h.ctx(), browser, wrong.signs(options), "", desk)
		h.refusedAs(name, operators.PasskeyWrong, err)
		_, err = h.SignInByPasskey(h.ctx(), browser, p.signs(options), "", desk)
		h.refusedAs(name+", then right", operators.PasskeyOver, err)
	}
	for _, broken := range []string{"", "{}", "null", `{"id":"AA","rawId":"AA","type":"public-key","response":{}}`} {
		_, err := h.SignInByPasskey(h.ctx(), "browser", []byte(broken), "", desk)
		h.refusedAs(broken, operators.PasskeyWrong, err)
		h.now = h.now.Add(time.Hour)
	}
}

func (h *house) refusedAs(name string, code operators.Code, err error) {
	h.t.Helper()
	h.t.Log(name)
	h.refused(code, err)
}

func TestAChallengeCountsOnceForItsBrowserAndForFiveMinutes(t *testing.T) {
	h := newHouse(t, false)
	p, _, entered, _ := h.adds(h.enters("mei@kiln.example", operators.Owner).Token, "Phone")

	options, _, err := h.BeginPasskeySignIn(h.ctx())
	h.must(err)
	_, err = h.SignInByPasskey(h.ctx(), "another browser", p.signs(options), "", desk)
	h.refused(operators.PasskeyOver, err)

	options, browser, err := h.BeginPasskeySignIn(h.ctx())
	h.must(err)
	answer := p.signs(options)
	_, err = h.SignInByPasskey(h.ctx(), browser, answer, "", desk)
	h.must(err)
	_, err = h.SignInByPasskey(h.ctx(), browser, answer, "", desk)
	h.refused(operators.PasskeyOver, err)

	options, browser, err = h.BeginPasskeySignIn(h.ctx())
	h.must(err)
	h.now = h.now.Add(operators.ChallengeTime)
	_, err = h.SignInByPasskey(h.ctx(), browser, p.signs(options), "", desk)
	h.refused(operators.PasskeyOver, err)

	// A challenge to sign in registers nothing.
	signed := h.isSignedIn(entered.Token, operators.StageFull)
	creation, err := h.BeginPasskey(h.ctx(), signed, entered.Token, goodPassword, "Laptop")
	h.must(err)
	options, _, err = h.BeginPasskeySignIn(h.ctx())
	h.must(err)
	creation.Response.Challenge = options.Response.Challenge
	_, _, err = h.AddPasskey(h.ctx(), signed, entered.Token, "Laptop", h.newPhone(signed.Person.ID).makes(creation), desk)
	h.refused(operators.PasskeyOver, err)
}

// A counter that has not gone on is a sign that the key was copied.
func TestACopiedPasskeyIsRefusedAndLogged(t *testing.T) {
	h := newHouse(t, false)
	p, _, _, _ := h.adds(h.enters("mei@kiln.example", operators.Owner).Token, "Phone")
	p.key.Counter = 7
	_, err := h.signsInBy(p)
	h.must(err)
	for _, counter := range []uint32{0, 6, 7} {
		p.key.Counter = counter - 1 // signing counts one on
		_, err = h.signsInBy(p)
		h.refused(operators.PasskeyCopied, err)
	}
	if got := h.actions(); !slices.Equal(got[:4], []string{"passkey_refused", "passkey_refused", "passkey_refused", "signed_in_by_passkey"}) {
		t.Errorf("the log says %v", got)
	}
	p.key.Counter = 8
	_, err = h.signsInBy(p)
	h.must(err)
}

// Authenticators that sync their keys count no signatures.
func TestAPasskeyThatCountsNothingSignsInAgain(t *testing.T) {
	h := newHouse(t, false)
	p, _, _, _ := h.adds(h.enters("mei@kiln.example", operators.Owner).Token, "Phone")
	for range 2 {
		p.key.Counter-- // signing counts one on
		_, err := h.signsInBy(p)
		h.must(err)
	}
}

func TestPasskeysAreNamedListedAndRemoved(t *testing.T) {
	h := newHouse(t, true)
	entered := h.enters("mei@kiln.example", operators.Owner)
	first, firstID, entered, codes := h.adds(entered.Token, "Phone")
	second, secondID, entered, more := h.adds(entered.Token, " Laptop ")
	signed := h.isSignedIn(entered.Token, operators.StageFull)
	if len(codes) == 0 || len(more) != 0 {
		t.Errorf("%d and %d recovery codes, want them with the first only", len(codes), len(more))
	}
	h.must(h.RenamePasskey(h.ctx(), signed, secondID, "Studio laptop", desk))
	h.refused(operators.NameInvalid, h.RenamePasskey(h.ctx(), signed, secondID, " ", desk))
	h.refused(operators.PasskeyUnknown, h.RenamePasskey(h.ctx(), signed, "none", "Laptop", desk))
	own, err := h.Own(h.ctx(), signed)
	h.must(err)
	if own.Passkeys[0].Name != "Phone" || own.Passkeys[1].Name != "Studio laptop" {
		t.Errorf("the passkeys are %+v", own.Passkeys)
	}

	h.refused(operators.Wrong, h.RemovePasskey(h.ctx(), signed, firstID, "guessed", desk))
	h.must(h.RemovePasskey(h.ctx(), signed, firstID, goodPassword, desk))
	_, err = h.signsInBy(first)
	h.refused(operators.PasskeyWrong, err)
	h.refused(operators.PasskeyUnknown, h.RemovePasskey(h.ctx(), signed, firstID, goodPassword, desk))
	h.refused(operators.FactorNeeded, h.RemovePasskey(h.ctx(), signed, secondID, goodPassword, desk))
	_, err = h.signsInBy(second)
	h.must(err)

	// An app's codes beside it: either may go, and not both.
	secret, _, entered := h.setsUp(entered.Token)
	signed = h.isSignedIn(entered.Token, operators.StageFull)
	h.must(h.RemovePasskey(h.ctx(), signed, secondID, goodPassword, desk))
	h.refused(operators.FactorNeeded, h.RemoveSecondFactor(h.ctx(), signed, goodPassword, desk))
	h.now = h.now.Add(time.Minute)
	begun, err := h.SignIn(h.ctx(), "mei@kiln.example", goodPassword, "", desk)
	h.must(err)
	_, err = h.Prove(h.ctx(), h.isSignedIn(begun.Token, operators.StageProving), h.code(secret), desk)
	h.must(err)
	if got := h.actions(); !slices.Contains(got, "passkey_renamed") || !slices.Contains(got, "passkey_removed") {
		t.Errorf("the log says %v", got)
	}
}

// Where no second factor is needed, the recovery codes go with the last one.
func TestTheLastSecondFactorTakesTheRecoveryCodesAlong(t *testing.T) {
	h := newHouse(t, false)
	_, id, entered, _ := h.adds(h.enters("mei@kiln.example", operators.Owner).Token, "Phone")
	h.must(h.RemovePasskey(h.ctx(), h.isSignedIn(entered.Token, operators.StageFull), id, goodPassword, desk))
	m, err := h.Person(h.ctx(), "mei@kiln.example")
	h.must(err)
	if m.HasSecondFactor() || len(m.Recovery) > 0 {
		t.Errorf("%d recovery codes are left without a second factor", len(m.Recovery))
	}
}

func TestAResetTakesThePasskeysAway(t *testing.T) {
	h := newHouse(t, false)
	p, _, entered, _ := h.adds(h.enters("mei@kiln.example", operators.Owner).Token, "Phone")
	_, _, err := h.Reset(h.ctx(), operators.CommandLine, "mei@kiln.example")
	h.must(err)
	h.isSignedOut(entered.Token)
	_, err = h.signsInBy(p)
	h.refused(operators.PasskeyWrong, err)
}

func TestADisabledPersonHasNoUseOfAPasskey(t *testing.T) {
	h := newHouse(t, false)
	h.enters("anna@kiln.example", operators.Owner)
	p, _, _, _ := h.adds(h.enters("mei@kiln.example", operators.Owner).Token, "Phone")
	_, err := h.Disable(h.ctx(), operators.CommandLine, "mei@kiln.example")
	h.must(err)
	_, err = h.signsInBy(p)
	h.refused(operators.PasskeyWrong, err)
}

func TestAPasskeyIsRegisteredOnceAndTenAtMost(t *testing.T) {
	h := newHouse(t, false)
	p, _, entered, _ := h.adds(h.enters("mei@kiln.example", operators.Owner).Token, "Phone")
	signed := h.isSignedIn(entered.Token, operators.StageFull)
	options, err := h.BeginPasskey(h.ctx(), signed, entered.Token, goodPassword, "Again")
	h.must(err)
	if len(options.Response.CredentialExcludeList) != 1 {
		t.Errorf("the browser is told of %d passkeys that there are", len(options.Response.CredentialExcludeList))
	}
	_, _, err = h.AddPasskey(h.ctx(), signed, entered.Token, "Again", p.makes(options), desk)
	h.refused(operators.PasskeyTaken, err)
	_, err = h.BeginPasskey(h.ctx(), signed, entered.Token, "guessed", "Laptop")
	h.refused(operators.Wrong, err)
	for range 9 {
		_, _, entered, _ = h.adds(entered.Token, "More")
	}
	_, err = h.BeginPasskey(h.ctx(), h.isSignedIn(entered.Token, operators.StageFull), entered.Token, goodPassword, "Too many")
	h.refused(operators.PasskeysMany, err)
}

func TestPasskeysNeedAnAddressThatBrowsersBindThemTo(t *testing.T) {
	for address, origin := range map[string]string{
		"https://shop.example":     "https://shop.example",
		"https://shop.example:444": "https://shop.example:444",
		"http://localhost:8080":    "http://localhost:8080",
		"http://shop.example":      "",
		"http://127.0.0.1:8080":    "",
		"https://[::1]:8080":       "",
	} {
		s := operators.New(operators.Config{ShopName: "Kiln", PublicURL: address}, nil)
		if got := s.PasskeyOrigin(); got != origin {
			t.Errorf("passkeys at %s are bound to %q, want %q", address, got, origin)
		}
	}
}
