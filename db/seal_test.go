package db

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"antom-checkout/checkout"
)

// inFiles lists which texts stand in a database's files or in a file of another name.
func inFiles(t *testing.T, texts []string, files ...string) (found []string) {
	if onServer {
		return nil // the files are the server's
	}
	t.Helper()
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil && !os.IsNotExist(err) {
			t.Fatal(err)
		}
		for _, text := range texts {
			if bytes.Contains(content, []byte(text)) {
				found = append(found, text+" in "+filepath.Base(file))
			}
		}
	}
	return found
}

// redirected is a payment whose body holds the address that Antom returns the buyer to.
func redirected(token string) checkout.Payment {
	p := newPayment("p1")
	p.Body = []byte(`{"paymentRedirectUrl":"https://shop.example/checkout/` + token + `/return"}`)
	return p
}

// A reader of the file or of a backup opens no checkout page.
func TestNoTokenStandsInTheFiles(t *testing.T) {
	onSQLiteOnly(t, "what is about files")
	store, path := openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
	orderWithPayment(t, store, "order", redirected("token-order"))
	backup := filepath.Join(t.TempDir(), "copy.db")
	if err := Backup(t.Context(), path, backup); err != nil {
		t.Fatal(err)
	}
	if found := inFiles(t, []string{"token-order", "paymentRedirectUrl"}, path, path+"-wal", backup); len(found) > 0 {
		t.Errorf("there is %v", found)
	}
	again, _ := openStoreAt(t, copyAsAfterAKill(t, path))
	for by, read := range map[string]func() (checkout.Order, error){
		"token": func() (checkout.Order, error) { return again.OrderByToken(t.Context(), "token-order") },
		"id":    func() (checkout.Order, error) { return again.OrderByID(t.Context(), "order") },
	} {
		o, err := read()
		if err != nil || o.Token != "token-order" || !bytes.Contains(o.Payments[0].Body, []byte("token-order")) || o.Payments[0].Incomplete {
			t.Errorf("by its %s: token %q, body %q, %v", by, o.Token, o.Payments[0].Body, err)
		}
	}
	for _, wrong := range []string{"", "token", sha256Hex("token-order")} {
		_, err := again.OrderByToken(t.Context(), wrong)
		expectNotFound(t, "by "+wrong, err)
	}
}

// With another session key the addresses that were handed out open the order still, and
// an attempt is inquired instead of being sent again.
func TestAnotherKeyLosesNoOrder(t *testing.T) {
	store, path := openStoreAt(t, newDatabase(t))
	orderWithPayment(t, store, "order", redirected("token-order"))
	other, err := Open(t.Context(), copyAsAfterAKill(t, path))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = other.Close() })
	if err := other.UseKey(bytes.Repeat([]byte{8}, 32)); err != nil {
		t.Fatal(err)
	}
	o, err := other.OrderByID(t.Context(), "order")
	if err != nil || o.Token != "" || o.Payments[0].Repeatable() {
		t.Errorf("by its id: token %q, repeatable %v, %v", o.Token, o.Payments[0].Repeatable(), err)
	}
	if o, err = other.OrderByToken(t.Context(), "token-order"); err != nil || o.Token != "token-order" {
		t.Errorf("by its token: %q, %v", o.Token, err)
	}
	sealedBody := table(t, other.reads, `SELECT body FROM payments`)
	change(t, other, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Payments[0].Status = checkout.PaymentProcessing
		return nil
	})
	expectTable(t, other, sealedBody, `SELECT body FROM payments`)
	expectTable(t, other, []string{"0"}, `SELECT incomplete FROM payments`)
	change(t, other, "order", bySweeper, func(o *checkout.Order) []checkout.Effect {
		o.Payments[0].Status, o.Payments[0].Body, o.Payments[0].Incomplete = checkout.PaymentPaid, nil, true
		return nil
	})
	expectTable(t, other, []string{""}, `SELECT body FROM payments`)
}

// Rows of an older version go on working, and are sealed when the server starts.
func TestTokensOfAnOlderVersionAreSealedAndGoOnWorking(t *testing.T) {
	onSQLiteOnly(t, "older versions have stored on SQLite only")
	path := filepath.Join(t.TempDir(), "shop.db")
	old := olderDatabase(t, path, 10)
	for _, query := range []string{`
		INSERT INTO orders (id, number, token, form_key, status, closed, review, review_payment, ever_paid, stock, version, currency, total,
		                    email, name, phone, country, region, city, address1, address2, postal_code, language, created_at, expires_at)
		VALUES ('order', 'N', 'OLDTOKENOLDTOKENOLDTOKENOL', 'form', 'processing', '', '', '', 0, 'held', 1, 'SGD', 4200,
		        'a@example.com', 'Ann', '', 'SG', '', '', 'x', '', '', 'en', 0, 0)`, `
		INSERT INTO payments (request_id, order_id, antom_id, method, mode, status, active, duplicate, currency, amount, result_code,
		                      body, action, created_at, expires_at, next_poll, polls)
		VALUES ('p1', 'order', '', 'CARD', 'sdk', 'processing', 1, 0, 'SGD', 4200, '', CAST('{"url":"/checkout/OLDTOKENOLDTOKENOLDTOKENOL"}' AS BLOB), '{}', 0, 0, 1, 0),
		       ('p0', 'order', '', 'CARD', 'sdk', 'failed', 0, 0, 'SGD', 4200, '', CAST('{"url":"/checkout/OLDTOKENOLDTOKENOLDTOKENOL"}' AS BLOB), '{}', 0, 0, NULL, 0)`} {
		if _, err := old.ExecContext(t.Context(), query); err != nil {
			t.Fatal(err)
		}
	}
	if err := old.Close(); err != nil {
		t.Fatal(err)
	}
	const token = "OLDTOKENOLDTOKENOLDTOKENOL"
	store, _ := openStoreAt(t, path)
	for range 2 { // before and after it is sealed, as a command and as the server see it
		o, err := store.OrderByToken(t.Context(), token)
		if err != nil || o.Token != token || !bytes.Contains(o.Payments[1].Body, []byte(token)) || o.Payments[0].Body != nil {
			t.Fatalf("token %q, bodies %q and %q, %v", o.Token, o.Payments[0].Body, o.Payments[1].Body, err)
		}
		if err := SealOld(context.Background(), store); err != nil {
			t.Fatal(err)
		}
		store.cache = cache{} // read it again
	}
	expectStored(t, store, orderByID(t, store, "order"))
	if err := store.ForgetOld(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found := inFiles(t, []string{token}, path, path+"-wal"); len(found) > 0 {
		t.Errorf("there is %v", found)
	}
	expectTable(t, store, []string{sha256Hex(token)}, `SELECT token_sha256 FROM orders`)
}
