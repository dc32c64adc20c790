package db

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
	"slices"

	"modernc.org/sqlite"

	"antom-checkout/checkout"
)

// sealer keeps from a reader of the file, or of a backup, what would open a checkout
// page or charge a card: the tokens of orders, the bodies of calls, which hold them, the
// tokens of saved cards, and the bodies of notifications that hold one or name a card's
// holder. An order is found by the hash of its token, which needs no key, because a token
// cannot be guessed.
type sealer struct {
	aead  cipher.AEAD
	older []cipher.AEAD // of keys before it: what they have sealed can be read
}

// UseKey gives the store the key of 32 bytes that it seals with, and keys that it sealed
// with before. It is called before the first order is read or written. Without a key, as
// in a tool, nothing is sealed, and what is sealed cannot be read: a token is then unknown,
// and a body is never sent again.
func (s *sealer) UseKey(key []byte, before ...[]byte) (err error) {
	if s.aead, err = newAEAD(key); err != nil {
		return err
	}
	for _, key := range before {
		older, err := newAEAD(key)
		if err != nil {
			return err
		}
		s.older = append(s.older, older)
	}
	return nil
}

func newAEAD(key []byte) (cipher.AEAD, error) {
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, fmt.Errorf("key of the database: %w", err)
	}
	return cipher.NewGCM(block)
}

// sealed is how what is sealed begins. No token and no body begins with it.
const sealed = 1

// seal seals a text as part of a row, whose id no other row has.
func (s *sealer) seal(text []byte, row string) []byte {
	if s.aead == nil || len(text) == 0 {
		return append([]byte{}, text...)
	}
	nonce := make([]byte, s.aead.NonceSize())
	_, _ = rand.Read(nonce) // never fails
	return s.aead.Seal(append([]byte{sealed}, nonce...), nonce, text, []byte(row))
}

// unseal is the text, or known is false when it was sealed with another key.
func (s *sealer) unseal(stored []byte, row string) (text []byte, known bool) {
	if len(stored) == 0 {
		return nil, true
	}
	if stored[0] != sealed {
		return stored, true
	}
	if s.aead == nil || len(stored) < 1+s.aead.NonceSize() {
		return nil, false
	}
	nonce, rest := stored[1:1+s.aead.NonceSize()], stored[1+s.aead.NonceSize():]
	for _, aead := range append([]cipher.AEAD{s.aead}, s.older...) {
		if text, err := aead.Open(nil, nonce, rest, []byte(row)); err == nil {
			return text, true
		}
	}
	return nil, false
}

// unsealPayment unseals the body. With one that cannot be read the payment is inquired,
// and never repeated.
func (s *sealer) unsealPayment(p *checkout.Payment) {
	if body, known := s.unseal(p.Body, p.RequestID); known {
		p.Body = body
	} else {
		p.Incomplete = true
	}
}

// sealedPayment is the payment as its row holds it.
func (s *sealer) sealedPayment(p *checkout.Payment) *checkout.Payment {
	row := *p
	row.Body = s.seal(p.Body, p.RequestID)
	return &row
}

// sealedAtOnce is how many rows SealOld commits together.
const sealedAtOnce = 1000

// secretMembers are the members of Antom's messages for which a notification is sealed. A
// partial index of its own finds each in the bodies of older versions.
var secretMembers = []string{"cardToken", "cardholderName"}

// inClear are rows that older versions have left in clear, and the column to seal.
type inClear struct{ table, key, name, where string }

func allInClear() []inClear {
	all := []inClear{
		{"orders", "id", "token_sealed", "token_sealed >= x'20'"},
		{"payments", "request_id", "body", "next_poll IS NOT NULL AND body >= x'20'"}, // others have none
	}
	for _, member := range secretMembers {
		all = append(all, inClear{"notifications", "id", "body", "instr(body, x'" + hex.EncodeToString([]byte(member)) + "') > 0"})
	}
	return all
}

// SealOld seals what older versions have left in clear, which all used SQLite. Only the server
// does so.
func SealOld(ctx context.Context, s *Store) error {
	for _, column := range allInClear() {
		for left := s.aead != nil && !s.dialect.shared; left; {
			err := s.write(ctx, func(ctx context.Context, tx *tx) error {
				n, err := s.sealRows(ctx, tx, column.table, column.key, column.name, column.where)
				left = n == sealedAtOnce
				return err
			})
			if err != nil {
				return fmt.Errorf("seal %s: %w", column.table, err)
			}
		}
	}
	if err := s.savedCards.sealAnew(ctx); err != nil {
		return err
	}
	return s.people.sealAnew(ctx)
}

// sealNotification is the body as its row holds it: sealed where it holds a card's token
// or its holder's name, by the names of Antom's messages. Its sum stays that of what Antom
// signed.
func (s *sealer) sealNotification(n checkout.Notification) []byte {
	if namesSecret(n.Body) {
		return s.seal(n.Body, n.ID)
	}
	return n.Body
}

// namesSecret reports whether a message holds a card's token or its holder's name.
func namesSecret(body []byte) bool {
	return slices.ContainsFunc(secretMembers, func(member string) bool { return bytes.Contains(body, []byte(member)) })
}

// sealRows seals a column of some rows, and returns how many those are.
func (s *sealer) sealRows(ctx context.Context, tx *tx, table, key, column, where string) (int, error) {
	type row struct {
		id   string
		text []byte
	}
	rows, err := collect(ctx, tx, func(scan scanner) (r row, err error) {
		err = scan.Scan(&r.id, &r.text)
		return r, err
	}, `SELECT `+key+`, `+column+` FROM `+table+` WHERE `+where+first(sealedAtOnce))
	for _, r := range rows {
		if err == nil {
			_, err = tx.ExecContext(ctx, `UPDATE `+table+` SET `+column+` = $1 WHERE `+key+` = $2`, s.seal(r.text, r.id), r.id)
		}
	}
	return len(rows), err
}

// sha256Hex is the hash of a text in lower-case hex.
func sha256Hex(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// The migration that hashes tokens needs a function that SQLite lacks.
func init() {
	sqlite.MustRegisterDeterministicScalarFunction("sha256_hex", 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		text, isText := args[0].(string)
		if !isText {
			return nil, fmt.Errorf("sha256_hex of %T", args[0])
		}
		return sha256Hex(text), nil
	})
}
