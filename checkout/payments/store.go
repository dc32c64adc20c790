package payments

import (
	"context"
	"time"

	"antom-checkout/checkout"
)

// Store keeps orders. Every method is safe for concurrent use; each writing
// method is one durable transaction: when it returns nil, a power cut loses
// nothing of it.
type Store interface {
	// OrderByToken and OrderByID find an order with all its payments, or answer
	// ErrNotFound.
	OrderByToken(ctx context.Context, token string) (checkout.Order, error)
	OrderByID(ctx context.Context, id string) (checkout.Order, error)
	// OrderByNumber finds an order by what its buyer calls it, or answers
	// ErrNotFound.
	OrderByNumber(ctx context.Context, number string) (checkout.Order, error)
	// FindPayment tells which order and payment a message is about, or answers
	// ErrNotFound.
	FindPayment(ctx context.Context, by checkout.Reference) (orderID, requestID string, err error)

	// Update loads an order, lets change decide, and commits the difference with
	// its evidence, its ledger rows and its outbox rows in one transaction. A
	// change that changes nothing stores only evidence that must be kept; the error of
	// a change is returned, and nothing stored. A payment cannot take the Antom id of
	// another: ErrForeignID, nothing stored.
	Update(ctx context.Context, orderID string, evidence checkout.Evidence, change func(checkout.Order) (checkout.Order, []checkout.Effect, error)) (before, after checkout.Order, err error)
	// TransitionsAfter lists the orders that the ledger's rows after a place tell of, and the
	// place of the last row. After a negative place it only tells where the ledger
	// ends.
	TransitionsAfter(ctx context.Context, after int64) (orderIDs []string, last int64, err error)
	// ChangedElsewhere gets a value when another program may have changed orders. It is nil
	// where none can tell; then the ledger does.
	ChangedElsewhere() <-chan struct{}
	// TransitionsBy lists the rows of an order's ledger that name a cause.
	TransitionsBy(ctx context.Context, orderID string, cause checkout.Cause) ([]checkout.Transition, error)
	// OperatorAction finds what was ordered first under a key, or answers ErrNotFound.
	// Update refuses evidence of another action under the same key: CodeKeyReused.
	OperatorAction(ctx context.Context, key checkout.Key) (checkout.OperatorAction, error)
	// SaveNotification stores a notification that is about no known payment.
	SaveNotification(ctx context.Context, n checkout.Notification) error
	// SaveSearch stores a notification that is about no known payment, with the search
	// for it. A search that is stored already stays as it is.
	SaveSearch(ctx context.Context, search checkout.Search) error
	// HastenSearches makes the searches due whose notifications name an Antom payment id.
	HastenSearches(ctx context.Context, antomID string) error
	// UpdateSearch stores how far a search has come, unless it was hastened meanwhile.
	// Update ends a search that has found its payment.
	UpdateSearch(ctx context.Context, before, after checkout.Search) error
	// Searches lists searches with a status that are due, oldest first.
	Searches(ctx context.Context, status checkout.SearchStatus, now time.Time, limit int) ([]checkout.Search, error)
	// RefundCandidates lists paid payments that a refund of the amount may belong to,
	// newest first, from the one after a RequestID on; a zero amount fits all.
	RefundCandidates(ctx context.Context, amount checkout.Money, after string, limit int) ([]checkout.DuePoll, error)

	// DuePolls lists payments whose next poll is due by a time, oldest first.
	DuePolls(ctx context.Context, now time.Time, limit int) ([]checkout.DuePoll, error)
	// Reschedule counts a poll of a payment and sets when the next one is, unless the
	// payment was polled meanwhile or nothing is still to come; then stillDue is false.
	Reschedule(ctx context.Context, due checkout.DuePoll, next time.Time) (stillDue bool, err error)
	// DueExpiries lists open orders past their end, those with no attempt in progress.
	DueExpiries(ctx context.Context, now time.Time, limit int) (orderIDs []string, err error)
	// DueDisputes lists payments with disputes about which something is due by a time.
	DueDisputes(ctx context.Context, now time.Time, limit int) ([]checkout.DuePoll, error)
	// PendingEffects and PendingEmails list outbox rows to deliver, oldest first:
	// emails, whose topics begin with "mail." or "operator.", and all others.
	PendingEffects(ctx context.Context, now time.Time, limit int) ([]checkout.PendingEffect, error)
	PendingEmails(ctx context.Context, now time.Time, limit int) ([]checkout.PendingEffect, error)
	// ClaimEffect says before an effect is carried out whether this program is to do so.
	// Where several share the database, the others leave it alone for some time.
	ClaimEffect(ctx context.Context, e checkout.PendingEffect) (mine bool, err error)
	// ClaimInquiry says before a payment is inquired for a page, or by the sweeper, whether this
	// program may: no other one has claimed that for less than a pause.
	ClaimInquiry(ctx context.Context, requestID string, pause time.Duration) (mine bool, err error)
	// HoldOrder waits until no other program holds an order, as long as ctx allows, and keeps
	// the others off until it is released.
	HoldOrder(ctx context.Context, orderID string) (release func(), err error)
	// HastenEffects makes outbox rows due now that wait for longer than longest says.
	HastenEffects(ctx context.Context, longest func(checkout.PendingEffect) time.Duration) error
	// EffectDone marks an outbox row as sent; EffectFailed sets when it is tried
	// again; EffectGivenUp gives it up, and adds what follows from that to its order.
	EffectDone(ctx context.Context, id int64) error
	EffectFailed(ctx context.Context, id int64, next time.Time) error
	EffectGivenUp(ctx context.Context, id int64, then ...checkout.Effect) error

	// Take uses each of some allowances once, or none of them: then over is one that is used
	// up, for so long. UndoTake undoes it.
	Take(ctx context.Context, wanted ...checkout.Allowance) (over *checkout.Allowance, wait time.Duration, err error)
	UndoTake(ctx context.Context, taken ...checkout.Allowance) error
	// Declines are the declined cards of an origin. CardOrigin is that of an attempt, or
	// ErrNotFound; Update notes it, and counts declines.
	Declines(ctx context.Context, origin checkout.CardOrigin) (checkout.Declines, error)
	CardOrigin(ctx context.Context, requestID string) (checkout.CardOrigin, error)
	// CardKey is a secret of a day, the same for all programs.
	CardKey(ctx context.Context, day int64) ([]byte, error)
	// ForgetCounts deletes what no longer counts.
	ForgetCounts(ctx context.Context) error

	// SavedCards lists all cards of a buyer, the one used last first, and those that were
	// removed. SavedCard finds one, or answers ErrNotFound. Update saves, marks and erases
	// cards, as its evidence says.
	SavedCards(ctx context.Context, buyer string) ([]checkout.SavedCard, error)
	SavedCard(ctx context.Context, id string) (checkout.SavedCard, error)
	// CardsOfSaved lists what Antom has reported about a saved card in each payment that it
	// has made, the one that saved it among them.
	CardsOfSaved(ctx context.Context, id string) ([]checkout.Card, error)
	// OrderByForm and CreateOrder find and store the order of a charge; see shop.Store.
	OrderByForm(ctx context.Context, formKey string) (checkout.Order, error)
	CreateOrder(ctx context.Context, order checkout.Order, cause checkout.Cause) (checkout.Order, error)
	// RemoveCard forgets the token of a buyer's card, or answers ErrNotFound. It is
	// idempotent.
	RemoveCard(ctx context.Context, buyer, id string) error

	// DueErasures lists orders that have ended, hold their buyer's data and have not
	// changed since a moment: those that were paid, or those that never were. They come in
	// the order in which they were placed, from the one after another.
	DueErasures(ctx context.Context, everPaid bool, unchangedSince time.Time, after checkout.DueErasure, limit int) ([]checkout.DueErasure, error)
	// ForgetOld removes from the file what was overwritten in the tables.
	ForgetOld(ctx context.Context) error
}
