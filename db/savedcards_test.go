package db

import (
	"bytes"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// cardToken of Antom's shape, and as long as Antom's get.
var longToken = "ALIPAY" + string(bytes.Repeat([]byte("q1+/"), 500)) + "=="

func newSavedCard(id, buyer string) checkout.SavedCard {
	return checkout.SavedCard{
		ID: id, Buyer: buyer, Token: checkout.NewCardToken(longToken), Brand: "VISA", Last4: "0768", Expiry: "12/39", Funding: "CREDIT",
		Country: "SG", Region: "GLOBAL", NetworkTransactionID: "016", Consent: checkout.Consent{Version: "shop-1", Language: "en", Charges: "Monthly."},
		AgreedBy: id, AgreedAt: noon, SavedAt: noon, UsedAt: noon,
	}
}

// cardChange changes an order, so that something is saved, and saved cards with it.
func cardChange(t *testing.T, store *Store, orderID string, cards checkout.CardChange) {
	t.Helper()
	evidence := bySweeper
	evidence.Cards = &cards
	change(t, store, orderID, evidence, func(o *checkout.Order) []checkout.Effect {
		o.Payments[0].Doubts++
		return nil
	})
}

func cardsOf(t *testing.T, store *Store, buyer string) []checkout.SavedCard {
	t.Helper()
	cards, err := store.SavedCards(t.Context(), buyer)
	if err != nil {
		t.Fatal(err)
	}
	return cards
}

func TestASavedCardIsReadBackSealedUsedRefusedAndRemoved(t *testing.T) {
	onSQLiteOnly(t, "it reads a backup")
	store, path := openStoreAt(t, newDatabase(t))
	orderWithPayment(t, store, "order", newPayment("p1"))
	want := newSavedCard("p1", "ann")
	cardChange(t, store, "order", checkout.CardChange{Save: want})
	if got := cardsOf(t, store, "ann"); len(got) != 1 || got[0] != want {
		t.Errorf("saved is %+v, want %+v", got, want)
	}
	if got := cardsOf(t, store, "ben"); len(got) != 0 {
		t.Errorf("another buyer has %+v", got)
	}
	copied := filepath.Join(t.TempDir(), "copy.db")
	if err := Backup(t.Context(), path, copied); err != nil {
		t.Fatal(err)
	}
	if found := inFiles(t, []string{longToken[:40]}, path, path+"-wal", copied); len(found) > 0 {
		t.Errorf("there is %v", found)
	}

	later := noon.Add(time.Hour)
	cardChange(t, store, "order", checkout.CardChange{Used: "p1", At: later})
	cardChange(t, store, "order", checkout.CardChange{Refused: "p1", Code: "CARD_EXPIRED", At: later})
	card, err := store.SavedCard(t.Context(), "p1")
	if err != nil || !card.UsedAt.Equal(later) || card.Refused != "CARD_EXPIRED" {
		t.Errorf("used and refused: %+v, %v", card, err)
	}

	expectNotFound(t, "removed by another buyer", store.RemoveCard(t.Context(), "ben", "p1"))
	for range 2 {
		if err := store.RemoveCard(t.Context(), "ann", "p1"); err != nil {
			t.Errorf("removed: %v", err)
		}
	}
	card, err = store.SavedCard(t.Context(), "p1")
	if err != nil || !card.RemovedAt.Equal(noon) || !card.Token.Empty() || card.Consent != want.Consent {
		t.Errorf("removed: %+v, %v", card, err)
	}
	_, err = store.SavedCard(t.Context(), "p2")
	expectNotFound(t, "another id", err)
}

func TestTheSameCardIsSavedOnceForABuyer(t *testing.T) {
	store := openStore(t)
	orderWithPayment(t, store, "order", newPayment("p1"))
	again, other, bens := newSavedCard("p2", "ann"), newSavedCard("p3", "ann"), newSavedCard("p4", "ben")
	again.Token, other.Last4 = checkout.NewCardToken("ALIPAYnew"), "4622"
	for _, card := range []checkout.SavedCard{newSavedCard("p1", "ann"), again, other, bens} {
		cardChange(t, store, "order", checkout.CardChange{Save: card})
	}
	expectTable(t, store, []string{"p1 ann p2", "p3 ann p3", "p4 ben p4"}, `SELECT id, buyer, agreed_by FROM saved_cards ORDER BY id`)
	if card, err := store.SavedCard(t.Context(), "p1"); err != nil || card.Token.Reveal() != "ALIPAYnew" {
		t.Errorf("the token is not the newer one, %v", err)
	}
	if err := store.RemoveCard(t.Context(), "ann", "p1"); err != nil {
		t.Fatal(err)
	}
	cardChange(t, store, "order", checkout.CardChange{Save: newSavedCard("p5", "ann")}) // a removed card does not come back
	expectTable(t, store, []string{"p1 0", "p3 1", "p4 1", "p5 1"}, `SELECT id, CASE WHEN removed_at IS NULL THEN 1 ELSE 0 END FROM saved_cards ORDER BY id`)
}

func TestABuyersCardsAreErasedAtOnceOrWithTheLastOrder(t *testing.T) {
	store := openStore(t)
	for _, id := range []string{"first", "second"} {
		orderWithPayment(t, store, id, newPayment("p-"+id))
		change(t, store, id, bySweeper, func(o *checkout.Order) []checkout.Effect {
			o.BuyerReference = "ann"
			return nil
		})
	}
	cardChange(t, store, "first", checkout.CardChange{Save: newSavedCard("p-first", "ann")})
	cardChange(t, store, "first", checkout.CardChange{Save: newSavedCard("p-ben", "ben")})
	for i, id := range []string{"first", "second"} {
		evidence := bySweeper
		evidence.Cards = &checkout.CardChange{Erase: "ann", Last: true}
		change(t, store, id, evidence, func(o *checkout.Order) []checkout.Effect {
			o.BuyerReference = ""
			return nil
		})
		if left := cardsOf(t, store, "ann"); len(left) != 1-i {
			t.Errorf("after the data of order %d there are %d cards", i, len(left))
		}
	}
	cardChange(t, store, "first", checkout.CardChange{Save: newSavedCard("p-third", "ann")})
	cardChange(t, store, "first", checkout.CardChange{Erase: "ann"})
	expectTable(t, store, []string{"p-ben"}, `SELECT id FROM saved_cards`)
}

// While two keys are given, what the older one has sealed is read, and sealed anew.
func TestTokensSurviveAnotherSessionKey(t *testing.T) {
	store, path := openStoreAt(t, newDatabase(t))
	orderWithPayment(t, store, "order", redirected("token-order"))
	cardChange(t, store, "order", checkout.CardChange{Save: newSavedCard("p1", "ann")})
	newKey := bytes.Repeat([]byte{8}, 32)
	open := func(keys ...[]byte) *Store {
		again, err := Open(t.Context(), path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = again.Close() })
		if err := again.UseKey(keys[0], keys[1:]...); err != nil {
			t.Fatal(err)
		}
		return again
	}
	if card, err := open(newKey).SavedCard(t.Context(), "p1"); err != nil || card.Stands() || !card.Token.Empty() {
		t.Errorf("with the new key alone: %+v, %v", card, err)
	}
	both := open(newKey, testKey)
	if card, err := both.SavedCard(t.Context(), "p1"); err != nil || card.Token.Reveal() != longToken {
		t.Errorf("with both keys the token is not read, %v", err)
	}
	if o, err := both.OrderByID(t.Context(), "order"); err != nil || o.Token != "token-order" || !o.Payments[0].Repeatable() {
		t.Errorf("with both keys the order's token is %q, %v", o.Token, err)
	}
	if err := SealOld(t.Context(), both); err != nil {
		t.Fatal(err)
	}
	if card, err := open(newKey).SavedCard(t.Context(), "p1"); err != nil || card.Token.Reveal() != longToken {
		t.Errorf("sealed anew, the token is not read by the new key, %v", err)
	}
}

// A notification that holds a card's token is sealed, whether the buyer has agreed or not,
// and so is one that names the card's holder. Its sum stays that of what Antom signed, and
// what the search needs is read.
func TestNotificationsWithASecretAreSealed(t *testing.T) {
	for member, with := range map[string]string{
		"cardToken":      `{"cardInfo":{"cardToken":"ALIPAYsecret+/=="}}`,
		"cardholderName": `{"paymentResultInfo":{"cardholderName":"ALIPAYsecret"}}`,
		"both":           `{"paymentResultInfo":{"cardholderName":"ALIPAYsecret","cardToken":"ALIPAYsecret+/=="}}`,
	} {
		t.Run(member, func(t *testing.T) { sealsNotifications(t, []byte(with)) })
	}
}

func sealsNotifications(t *testing.T, with []byte) {
	t.Helper()
	store, path := openStoreAt(t, newDatabase(t))
	without := []byte(`{"paymentId":"1"}`)
	notification := func(id string, body []byte) checkout.Notification {
		return checkout.Notification{ID: id, Type: "PAYMENT_RESULT", BodySHA256: sha256Hex(string(body)), Body: body, ReceivedAt: noon}
	}
	old := with // an older version has left it in clear
	if onServer {
		old = store.seal(with, "old")
	}
	mustExec(t, store, `
		INSERT INTO notifications (id, type, payment_request_id, antom_id, body_sha256, body, received_at, applied)
		VALUES ('old', 'PAYMENT_RESULT', '', '', $1, $2, 0, 1)`, sha256Hex(string(with)), old)
	if err := store.SaveSearch(t.Context(), checkout.Search{Notification: notification("n1", with), Status: checkout.Searching}); err != nil {
		t.Fatal(err)
	}
	if err := store.SaveNotification(t.Context(), notification("n2", without)); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := SealOld(t.Context(), store); err != nil {
			t.Fatal(err)
		}
	}
	if err := store.ForgetOld(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found := inFiles(t, []string{"ALIPAYsecret"}, path, path+"-wal"); len(found) > 0 {
		t.Errorf("there is %v", found)
	}
	expectTable(t, store, []string{"n1 1 " + sha256Hex(string(with)), "n2 0 " + sha256Hex(string(without)), "old 1 " + sha256Hex(string(with))},
		`SELECT id, CASE WHEN body < $1 THEN 1 ELSE 0 END, body_sha256 FROM notifications ORDER BY id`, []byte{0x20})
	searches, err := store.Searches(t.Context(), checkout.Searching, noon, 10)
	if err != nil || len(searches) != 1 || !bytes.Equal(searches[0].Notification.Body, with) {
		t.Errorf("the search reads %v, %v", searches, err)
	}
	var sealedBody []byte
	if err := store.reads.QueryRowContext(t.Context(), `SELECT body FROM notifications WHERE id = 'old'`).Scan(&sealedBody); err != nil {
		t.Fatal(err)
	}
	if text, known := store.unseal(sealedBody, "old"); !known || !bytes.Equal(text, with) {
		t.Errorf("the evidence reads %q", text)
	}
}

// What older versions have left in clear is found by an index: the search at the start of
// the server reads no row of a database in which nothing is left.
func TestWhatIsInClearIsFoundByAnIndex(t *testing.T) {
	onSQLiteOnly(t, "how SQLite plans a query")
	store, _ := openStoreAt(t, filepath.Join(t.TempDir(), "shop.db"))
	for _, column := range allInClear() {
		plan := table(t, store.reads, `EXPLAIN QUERY PLAN SELECT `+column.key+`, `+column.name+` FROM `+column.table+` WHERE `+column.where)
		if len(plan) != 1 || !strings.Contains(plan[0], "INDEX") {
			t.Errorf("%s.%s where %s: %v", column.table, column.name, column.where, plan)
		}
	}
}
