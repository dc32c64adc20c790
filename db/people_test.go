package db

import (
	"context"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/checkout/operators"
)

func putPerson(t *testing.T, store *Store, m operators.Member, c operators.Change) {
	t.Helper()
	c.People = []operators.Member{m}
	if err := store.ChangePeople(t.Context(), func([]operators.Member) (operators.Change, error) { return c, nil }); err != nil {
		t.Fatal(err)
	}
}

func secretOf(t *testing.T, store *Store) string {
	t.Helper()
	all, err := store.People(t.Context())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d people, %v", len(all), err)
	}
	return all[0].TOTP
}

// The secret of a second factor is in no file in clear, and goes on when the key changes.
func TestASecondFactorIsSealedAndFollowsTheKey(t *testing.T) {
	first, second := []byte(strings.Repeat("1", 32)), []byte(strings.Repeat("2", 32))
	store := openStore(t)
	m := operators.Member{Person: operators.Person{ID: "mei", Name: "Mei", Email: "mei@example.com", Role: operators.Owner}, TOTP: "JBSWY3DPEHPK3PXP", CreatedAt: noon, InboxEmails: operators.EmailsAtOnce}
	if err := store.UseKey(first); err != nil {
		t.Fatal(err)
	}
	putPerson(t, store, m, operators.Change{})
	var stored []byte
	if err := store.reads.QueryRowContext(t.Context(), `SELECT totp FROM people`).Scan(&stored); err != nil || strings.Contains(string(stored), m.TOTP) || len(stored) == 0 {
		t.Fatalf("the secret is stored as %q, %v", stored, err)
	}
	if got := secretOf(t, store); got != m.TOTP {
		t.Errorf("the secret is read as %q", got)
	}

	store.sealer = sealer{}
	if err := store.UseKey(second); err != nil {
		t.Fatal(err)
	}
	if got := secretOf(t, store); got == m.TOTP || got == "" {
		t.Errorf("with another key the second factor is %q", got)
	}
	store.sealer = sealer{}
	if err := store.UseKey(second, first); err != nil {
		t.Fatal(err)
	}
	if err := SealOld(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	store.sealer = sealer{}
	if err := store.UseKey(second); err != nil {
		t.Fatal(err)
	}
	if got := secretOf(t, store); got != m.TOTP {
		t.Errorf("sealed anew, the secret is read as %q", got)
	}
}

func TestTheOperatorsLogOnlyGrows(t *testing.T) {
	store := openStore(t)
	if err := store.AddLog(t.Context(), operators.Entry{ID: "1", At: noon, Operator: "command-line", Action: "invited"}); err != nil {
		t.Fatal(err)
	}
	for _, change := range []string{`UPDATE operators_log SET action = 'nothing'`, `DELETE FROM operators_log`, `REPLACE INTO operators_log SELECT * FROM operators_log`} {
		if err := store.write(t.Context(), func(ctx context.Context, tx *tx) error { return execute(ctx, tx, change) }); err == nil {
			t.Errorf("%s is carried out", change)
		}
	}
	entries, err := store.OperatorsLog(t.Context(), checkout.Window{Limit: 10})
	if err != nil || len(entries) != 1 || entries[0].Action != "invited" {
		t.Errorf("the log is %+v, %v", entries, err)
	}
}

func TestAUsedLinkStopsTheWholeChange(t *testing.T) {
	store := openStore(t)
	m := operators.Member{Person: operators.Person{ID: "mei", Name: "Mei", Email: "mei@example.com", Role: operators.Owner}, CreatedAt: noon, InboxEmails: operators.EmailsAtOnce}
	putPerson(t, store, m, operators.Change{Link: &operators.Link{Hash: "hash", Person: "mei", Purpose: operators.ForPassword, ExpiresAt: time.Now().Add(time.Hour)}})
	m.Name = "First"
	putPerson(t, store, m, operators.Change{UsedLink: "hash"})
	m.Name = "Second"
	err := store.ChangePeople(t.Context(), func([]operators.Member) (operators.Change, error) {
		return operators.Change{People: []operators.Member{m}, UsedLink: "hash"}, nil
	})
	expectNotFound(t, "a used link", err)
	if all, err := store.People(t.Context()); err != nil || all[0].Name != "First" {
		t.Errorf("the person is %+v, %v", all, err)
	}
}
