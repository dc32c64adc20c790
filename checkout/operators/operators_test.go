package operators_test

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pquerna/otp/totp"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
	"antom-checkout/db"
	"antom-checkout/db/dbtest"
)

const goodPassword = "a kiln and a thread"

// house is the Service over a real database; its time passes by hand.
type house struct {
	*operators.Service
	t   testing.TB
	now time.Time
}

func newHouse(t testing.TB, realMoney bool) *house {
	t.Helper()
	h := &house{t: t, now: time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)}
	clock := func() time.Time { return h.now }
	path := filepath.Join(t.TempDir(), "checkout.db")
	dbtest.Make(t, path)
	store, err := db.Open(t.Context(), path, db.WithClock(clock))
	h.must(err)
	t.Cleanup(func() { h.must(store.Close()) })
	h.must(store.UseKey([]byte(strings.Repeat("k", 32))))
	h.Service = operators.New(operators.Config{ShopName: "Kiln", PublicURL: "https://shop.example", RealMoney: realMoney, Now: clock}, store)
	return h
}

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func (h *house) refused(code operators.Code, err error) {
	h.t.Helper()
	var refused *operators.Refusal
	if !errors.As(err, &refused) || refused.Code != code {
		h.t.Fatalf("%v, want the refusal %s", err, code)
	}
}

var desk = operators.Origin{Address: "203.0.113.7", Agent: "a browser"}

// enters invites a person and has them choose a password.
func (h *house) enters(email string, role operators.Role) operators.Entered {
	h.t.Helper()
	_, link, err := h.Invite(h.ctx(), operators.CommandLine, email, "", role)
	h.must(err)
	entered, err := h.ChoosePassword(h.ctx(), tokenOf(link), "Mei", goodPassword, desk)
	h.must(err)
	return entered
}

func (h *house) ctx() context.Context { return h.t.Context() }

func tokenOf(link string) string {
	return strings.TrimPrefix(link, "https://shop.example"+operators.LinkPath)
}

// isSignedIn is the session of a token.
func (h *house) isSignedIn(token string, stage operators.Stage) operators.Signed {
	h.t.Helper()
	signed, err := h.SignedIn(h.ctx(), token)
	h.must(err)
	if signed.Stage != stage {
		h.t.Fatalf("the session is at %q, want %q", signed.Stage, stage)
	}
	return signed
}

func (h *house) isSignedOut(token string) {
	h.t.Helper()
	if _, err := h.SignedIn(h.ctx(), token); !checkout.IsNotFound(err) {
		h.t.Fatalf("the session opens something: %v", err)
	}
}

// setsUp sets a second factor up, and answers its secret and the recovery codes.
func (h *house) setsUp(token string) (secret string, codes []string, entered operators.Entered) {
	h.t.Helper()
	signed, err := h.SignedIn(h.ctx(), token)
	h.must(err)
	key, err := h.BeginSecondFactor(h.ctx(), signed, token, goodPassword)
	h.must(err)
	entered, codes, err = h.SetSecondFactor(h.ctx(), signed, token, h.code(key.Secret()), desk)
	h.must(err)
	return key.Secret(), codes, entered
}

func (h *house) code(secret string) string {
	h.t.Helper()
	code, err := totp.GenerateCode(secret, h.now)
	h.must(err)
	return code
}

func TestALinkOpensOnceAndForThirtyMinutes(t *testing.T) {
	h := newHouse(t, false)
	_, first, err := h.Invite(t.Context(), operators.CommandLine, "mei@kiln.example", "Mei", operators.Owner)
	h.must(err)
	_, second, err := h.Invite(t.Context(), operators.CommandLine, "mei@kiln.example", "Mei", operators.Owner)
	h.must(err)
	_, _, err = h.Link(t.Context(), tokenOf(first))
	h.refused(operators.LinkOver, err) // the newer one has replaced it
	h.now = h.now.Add(operators.LinkTime)
	_, err = h.ChoosePassword(t.Context(), tokenOf(second), "Mei", goodPassword, desk)
	h.refused(operators.LinkOver, err)

	_, third, err := h.Invite(t.Context(), operators.CommandLine, "MEI@kiln.example", "Mei", operators.Owner)
	h.must(err)
	var entered sync.Map
	var tries sync.WaitGroup
	for i := range 5 {
		tries.Go(func() {
			if e, err := h.ChoosePassword(t.Context(), tokenOf(third), "Mei", goodPassword, desk); err == nil {
				entered.Store(i, e.Token)
			}
		})
	}
	tries.Wait()
	n := 0
	entered.Range(func(_, token any) bool { n++; h.isSignedIn(token.(string), operators.StageFull); return true })
	if n != 1 {
		t.Errorf("the link has opened %d times", n)
	}
	_, _, err = h.Invite(t.Context(), operators.CommandLine, "mei@kiln.example", "Mei", operators.Owner)
	h.refused(operators.EmailTaken, err)
}

func TestAPasswordHasTwelveCharactersAndIsNotGuessed(t *testing.T) {
	h := newHouse(t, false)
	_, link, err := h.Invite(t.Context(), operators.CommandLine, "mei@kiln.example", "", operators.Owner)
	h.must(err)
	for password, code := range map[string]operators.Code{
		"elf signs in": "", "eleven char": operators.PasswordShort, "passwordpassword": operators.PasswordBreached, "aaaaaaaaaaaaaaa": operators.PasswordKnown,
		"mei@kiln.example": operators.PasswordKnown, strings.Repeat("long ", 60): operators.PasswordLong,
	} {
		if code != "" {
			_, err := h.ChoosePassword(t.Context(), tokenOf(link), "Mei", password, desk)
			h.refused(code, err)
		}
	}
	_, err = h.ChoosePassword(t.Context(), tokenOf(link), "two\nlines", goodPassword, desk)
	h.refused(operators.NameInvalid, err)
	_, err = h.ChoosePassword(t.Context(), tokenOf(link), "Mei", "elf signs in", desk)
	h.must(err)
}

func TestFiveWrongTriesSlowDownKnownAndUnknownAlike(t *testing.T) {
	h := newHouse(t, false)
	h.enters("mei@kiln.example", operators.Owner)
	signIn := func(email, password, address string) error {
		_, err := h.SignIn(t.Context(), email, password, "", operators.Origin{Address: address})
		return err
	}
	for _, email := range []string{"mei@kiln.example", "nobody@kiln.example"} {
		for i := range 5 {
			h.refused(operators.Wrong, signIn(email, "a wrong password", "203.0.113."+string(rune('1'+i))))
		}
		var refused *operators.Refusal
		if err := signIn(email, goodPassword, "203.0.113.9"); !errors.As(err, &refused) || refused.Code != operators.Slow || refused.Wait != 30*time.Second {
			t.Errorf("the sixth try of %s: %v", email, err)
		}
	}
	h.now = h.now.Add(31 * time.Second)
	h.must(signIn("mei@kiln.example", goodPassword, "203.0.113.9"))
	h.refused(operators.Wrong, signIn("mei@kiln.example", "a wrong password", "203.0.113.9")) // a right one begins anew

	for i := range 30 {
		if err := signIn("person"+string(rune('a'+i))+"@kiln.example", "a wrong password", "198.51.100.1"); i == 29 {
			h.refused(operators.Slow, err) // one address tries many accounts
		}
	}
}

func TestASecondFactorIsObligatoryWhereMoneyIsReal(t *testing.T) {
	h := newHouse(t, true)
	for _, role := range operators.Roles() {
		entered := h.enters(string(role)+"@kiln.example", role)
		stage := operators.StageSetup
		if role == operators.Viewer {
			stage = operators.StageFull
		}
		signed := h.isSignedIn(entered.Token, stage)
		if role == operators.Viewer {
			continue
		}
		if signed.May(operators.See) || !signed.May(operators.Account) {
			t.Errorf("%s goes on without a second factor", role)
		}
		_, _, again := h.setsUp(entered.Token)
		h.isSignedOut(entered.Token)
		h.refused(operators.FactorNeeded, h.RemoveSecondFactor(t.Context(), h.isSignedIn(again.Token, operators.StageFull), goodPassword, desk))
	}
	_, err := h.SignInLink(t.Context(), operators.CommandLine)
	h.refused(operators.TestModeOnly, err)
}

func TestACodeCountsOnceAndARecoveryCodeToo(t *testing.T) {
	h := newHouse(t, false)
	secret, codes, _ := h.setsUp(h.enters("mei@kiln.example", operators.Owner).Token)
	begin := func() operators.Signed {
		entered, err := h.SignIn(t.Context(), "mei@kiln.example", goodPassword, "", desk)
		h.must(err)
		return h.isSignedIn(entered.Token, operators.StageProving)
	}
	_, err := h.Prove(t.Context(), begin(), h.code(secret), desk)
	h.refused(operators.WrongCode, err) // it has set the second factor up
	h.now = h.now.Add(30 * time.Second)
	proving, code := begin(), h.code(secret)
	entered, err := h.Prove(t.Context(), proving, code, desk)
	h.must(err)
	h.isSignedIn(entered.Token, operators.StageFull)
	_, err = h.Prove(t.Context(), begin(), code, desk)
	h.refused(operators.WrongCode, err)

	if len(codes) != 10 {
		t.Fatalf("%d recovery codes", len(codes))
	}
	recovery := strings.ToLower(strings.ReplaceAll(codes[3], "-", " "))
	_, err = h.Prove(t.Context(), begin(), recovery, desk)
	h.must(err)
	_, err = h.Prove(t.Context(), begin(), recovery, desk)
	h.refused(operators.WrongCode, err)
	for range 4 {
		_, _ = h.Prove(t.Context(), begin(), "000000", desk) // the first ones are wrong codes, the last may be slowed down
	}
	_, err = h.Prove(t.Context(), begin(), codes[4], desk)
	h.refused(operators.Slow, err)
}

func TestASessionEndsIdleAndAfterTwelveHours(t *testing.T) {
	h := newHouse(t, false)
	entered := h.enters("mei@kiln.example", operators.Owner)
	for range 20 { // 12 hours in steps of 36 minutes would be idle
		h.now = h.now.Add(29 * time.Minute)
		h.isSignedIn(entered.Token, operators.StageFull)
	}
	h.now = h.now.Add(30 * time.Minute)
	h.isSignedOut(entered.Token)

	again, err := h.SignIn(t.Context(), "mei@kiln.example", goodPassword, entered.Token, desk)
	h.must(err)
	for range 24 {
		h.now = h.now.Add(29 * time.Minute)
		h.isSignedIn(again.Token, operators.StageFull)
	}
	h.now = h.now.Add(25 * time.Minute)
	h.isSignedOut(again.Token)
}

func TestSigningInEndsTheSessionThatTheBrowserHad(t *testing.T) {
	h := newHouse(t, false)
	first := h.enters("mei@kiln.example", operators.Owner)
	second, err := h.SignIn(t.Context(), "mei@kiln.example", goodPassword, first.Token, desk)
	h.must(err)
	h.isSignedOut(first.Token)
	signed := h.isSignedIn(second.Token, operators.StageFull)
	h.must(h.SignOut(t.Context(), signed, desk))
	h.isSignedOut(second.Token)
}

func TestTheLastOwnerStays(t *testing.T) {
	h := newHouse(t, false)
	entered := h.enters("mei@kiln.example", operators.Owner)
	_, _, err := h.Invite(t.Context(), operators.CommandLine, "invited@kiln.example", "", operators.Owner) // has no password
	h.must(err)
	mei := desk.By(h.isSignedIn(entered.Token, operators.StageFull).Person)
	_, err = h.Disable(t.Context(), operators.CommandLine, "mei@kiln.example")
	h.refused(operators.LastOwner, err)
	_, err = h.SetRole(t.Context(), mei, "mei@kiln.example", operators.Finance)
	h.refused(operators.LastOwner, err)
	_, _, err = h.Reset(t.Context(), mei, "mei@kiln.example")
	h.refused(operators.LastOwner, err)
	h.isSignedIn(entered.Token, operators.StageFull)

	h.enters("tom@kiln.example", operators.Owner)
	_, err = h.Disable(t.Context(), mei, "tom@kiln.example")
	h.must(err)
	_, err = h.Disable(t.Context(), mei, "mei@kiln.example")
	h.refused(operators.LastOwner, err)
	_, err = h.SignIn(t.Context(), "tom@kiln.example", goodPassword, "", desk)
	h.refused(operators.Wrong, err)
	_, err = h.Enable(t.Context(), mei, "tom@kiln.example")
	h.must(err)
	_, link, err := h.Reset(t.Context(), mei, "tom@kiln.example")
	h.must(err)
	_, err = h.SignIn(t.Context(), "tom@kiln.example", goodPassword, "", desk)
	h.refused(operators.Wrong, err)
	_, err = h.ChoosePassword(t.Context(), tokenOf(link), "Tom", "another kiln and thread", desk)
	h.must(err)
	_, err = h.Disable(t.Context(), operators.CommandLine, "mei@kiln.example")
	h.must(err)
	h.isSignedOut(entered.Token)

	// A link that was made before is over with the person.
	_, link, err = h.Invite(t.Context(), operators.CommandLine, "eve@kiln.example", "", operators.Viewer)
	h.must(err)
	_, err = h.Disable(t.Context(), operators.CommandLine, "eve@kiln.example")
	h.must(err)
	_, err = h.ChoosePassword(t.Context(), tokenOf(link), "Eve", goodPassword, desk)
	h.refused(operators.LinkOver, err)
}

func TestEveryChangeOfPeopleIsInTheLog(t *testing.T) {
	h := newHouse(t, false)
	entered := h.enters("mei@kiln.example", operators.Owner)
	mei := desk.By(h.isSignedIn(entered.Token, operators.StageFull).Person)
	h.enters("tom@kiln.example", operators.Viewer)
	for _, change := range []func(context.Context, operators.Actor, string) (operators.Member, error){h.EndSessions, h.Disable, h.Enable} {
		_, err := change(t.Context(), mei, "tom@kiln.example")
		h.must(err)
	}
	_, err := h.SetRole(t.Context(), mei, "tom@kiln.example", operators.Support)
	h.must(err)
	_, _, err = h.Reset(t.Context(), mei, "tom@kiln.example")
	h.must(err)
	h.must(h.Record(t.Context(), mei, "refund", "order-1", "S$18.00"))
	entries, err := h.OperatorsLog(t.Context(), checkout.Window{Limit: 100})
	h.must(err)
	var actions []string
	for _, e := range slices.Backward(entries) {
		actions = append(actions, e.Action)
	}
	want := "invited password_chosen invited password_chosen sessions_ended disabled enabled role_changed reset refund"
	if got := strings.Join(actions, " "); got != want {
		t.Errorf("the log says %q,\nwant %q", got, want)
	}
	if e := entries[0]; e.Name != "Mei" || e.Address != desk.Address || e.Order != "order-1" || e.About != "S$18.00" || !e.At.Equal(h.now) {
		t.Errorf("the refund is %+v", e)
	}
}

func TestTheLinkOfTestModeSignsAnOwnerInOnce(t *testing.T) {
	h := newHouse(t, false)
	link, err := h.SignInLink(t.Context(), operators.CommandLine)
	h.must(err)
	entered, err := h.SignInByLink(t.Context(), tokenOf(link), "", desk)
	h.must(err)
	if signed := h.isSignedIn(entered.Token, operators.StageFull); !signed.May(operators.Manage) {
		t.Error("the person of the link is no owner")
	}
	_, err = h.SignInByLink(t.Context(), tokenOf(link), "", desk)
	h.refused(operators.LinkOver, err)
}

// What lists of breaches have is refused, also when it was made longer by digits, signs or
// writing it again, and what shop and person suggest.
func TestAPasswordThatIsTriedFirstIsRefused(t *testing.T) {
	h := newHouse(t, false)
	signed := h.isSignedIn(h.enters("mei.lindqvist@kiln-and-thread.example", operators.Owner).Token, operators.StageFull)
	for password, code := range map[string]operators.Code{
		"iloveyou1234": operators.PasswordBreached, "ILoveYou1234": operators.PasswordBreached, "passwordpassword": operators.PasswordBreached,
		"Sunshine1234!": operators.PasswordBreached, "!!2024football": operators.PasswordBreached, "trustno1trustno1": operators.PasswordBreached,
		"adminadmin12": operators.PasswordBreached, "qwertyuiopasdfgh": operators.PasswordBreached,

		"Kiln2026kiln!": operators.PasswordKnown, "lindqvist-2026": operators.PasswordKnown, "mei.lindqvist1": operators.PasswordKnown,
		"KilnDashboard1": operators.PasswordKnown, "987654321098": operators.PasswordKnown, "thread kiln mei": operators.PasswordKnown,
	} {
		_, err := h.ChangePassword(t.Context(), signed, goodPassword, password, desk)
		h.refusedAs(password, code, err)
	}
	for _, password := range []string{"a lantern in the harbour", "kiln, glaze and fire", "Sunshine over four hills", "8 tins of green tea"} {
		entered, err := h.ChangePassword(t.Context(), signed, goodPassword, password, desk)
		h.must(err)
		signed = h.isSignedIn(entered.Token, operators.StageFull)
		entered, err = h.ChangePassword(t.Context(), signed, password, goodPassword, desk)
		h.must(err)
		signed = h.isSignedIn(entered.Token, operators.StageFull)
	}
}
