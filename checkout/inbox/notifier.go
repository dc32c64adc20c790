package inbox

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"time"

	"antom-checkout/checkout"
)

const (
	roundPause   = 15 * time.Second // between two looks at the inbox
	emailTimeout = 15 * time.Second // for one email
	endsSoon     = 24 * time.Hour   // how long before its end a person is told of it
	digestHour   = 8                // when the digest of a day is due, in the merchant's time zone
	alone        = 5                // as many new matters have an email each; more have one together
	listed       = 20               // entries in an email
)

// EmailStore keeps what people were told of.
type EmailStore interface {
	// UntoldMatters are those of some matters that a person was not told of.
	UntoldMatters(ctx context.Context, person string, matters []string) ([]string, error)
	// ClaimInboxEmail notes that a person is told of matters. It is false, and notes nothing, if
	// the person was told of one of them.
	ClaimInboxEmail(ctx context.Context, person string, matters []string, at time.Time) (claimed bool, err error)
	// ReleaseInboxEmail takes that back: the email was not sent.
	ReleaseInboxEmail(ctx context.Context, person string, matters []string) error
}

// Recipient is a person who wants to be told of what waits.
type Recipient struct {
	ID, Email, Language string
	Daily               bool // once a day instead of at once
	May                 func(checkout.InboxChoice) bool
}

// NotifierConfig is what the Notifier needs.
type NotifierConfig struct {
	Recipients func(context.Context) ([]Recipient, error)
	Mailer     checkout.InboxMailer
	TimeZone   *time.Location // of digests; nil: UTC
	Now        func() time.Time
	Log        *slog.Logger
}

// Notifier tells people by email of what waits for them and they can act on. Each matter is
// claimed before its email is sent, and released if the mail server refuses it: an email whose
// sending a crash has interrupted is not sent again.
type Notifier struct {
	cfg   NotifierConfig
	inbox *Service
	store EmailStore
}

// NewNotifier makes a Notifier.
func NewNotifier(cfg NotifierConfig, s *Service, store EmailStore) *Notifier {
	if cfg.TimeZone == nil {
		cfg.TimeZone = time.UTC
	}
	return &Notifier{cfg, s, store}
}

// Run tells people until ctx ends.
func (n *Notifier) Run(ctx context.Context) {
	for {
		if err := checkout.Guard(func() error { return n.Round(ctx) }); err != nil && ctx.Err() == nil {
			n.cfg.Log.Warn("emails about the inbox", slog.Any(checkout.LogError, err))
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(roundPause):
		}
	}
}

// Round tells each person of what they were not told of.
func (n *Notifier) Round(ctx context.Context) error {
	people, err := n.cfg.Recipients(ctx)
	if err != nil || len(people) == 0 {
		return err
	}
	entries, _, err := n.inbox.Entries(ctx)
	if err != nil {
		return err
	}
	var problems []error
	for _, p := range people {
		problems = append(problems, n.tell(ctx, p, entries))
	}
	return errors.Join(problems...)
}

// tell sends a person what is due of the entries that they can act on.
func (n *Notifier) tell(ctx context.Context, p Recipient, entries []checkout.InboxEntry) error {
	mine := slices.DeleteFunc(slices.Clone(entries), func(e checkout.InboxEntry) bool {
		return !slices.ContainsFunc(e.Choices, func(c checkout.InboxChoice) bool { return c != checkout.ChoiceShow && p.May(c) })
	})
	if len(mine) == 0 {
		return nil
	}
	if p.Daily {
		if err := n.digest(ctx, p, mine); err != nil {
			return err
		}
		return n.ends(ctx, p, mine)
	}
	fresh, err := n.untold(ctx, p, mine, checkout.InboxEntry.Matter)
	if err != nil {
		return err
	}
	for _, together := range grouped(fresh) {
		if err := n.send(ctx, p, checkout.InboxEmailNew, together, n.matters(together)); err != nil {
			return err
		}
	}
	return n.ends(ctx, p, mine)
}

// grouped puts new entries into emails: one for each matter, or one for all if there are many.
func grouped(fresh []checkout.InboxEntry) (emails [][]checkout.InboxEntry) {
	at := map[string]int{}
	for _, e := range fresh {
		i, known := at[e.Matter()]
		if !known {
			i = len(emails)
			at[e.Matter()], emails = i, append(emails, nil)
		}
		emails[i] = append(emails[i], e)
	}
	if len(emails) > alone {
		return [][]checkout.InboxEntry{fresh}
	}
	return emails
}

// digest is the email of the day.
func (n *Notifier) digest(ctx context.Context, p Recipient, mine []checkout.InboxEntry) error {
	now := n.cfg.Now().In(n.cfg.TimeZone)
	if now.Hour() < digestHour {
		return nil
	}
	return n.send(ctx, p, checkout.InboxEmailDigest, mine, []string{"digest:" + now.Format(time.DateOnly)})
}

// ends tells of what cannot be decided for long.
func (n *Notifier) ends(ctx context.Context, p Recipient, mine []checkout.InboxEntry) error {
	soon := slices.DeleteFunc(slices.Clone(mine), func(e checkout.InboxEntry) bool { return !n.endsSoon(e) })
	soon, err := n.untold(ctx, p, soon, endOf)
	if err != nil || len(soon) == 0 {
		return err
	}
	var ends []string
	for _, e := range soon {
		ends = append(ends, endOf(e))
	}
	return n.send(ctx, p, checkout.InboxEmailEnds, soon, ends)
}

func (n *Notifier) endsSoon(e checkout.InboxEntry) bool {
	left := e.Until.Sub(n.cfg.Now())
	return left > 0 && left <= endsSoon
}

func endOf(e checkout.InboxEntry) string {
	return "end:" + e.Matter() + ":" + e.Until.UTC().Format(time.RFC3339)
}

// matters are what an email about new entries tells of: an end that is near, too.
func (n *Notifier) matters(entries []checkout.InboxEntry) (all []string) {
	for _, e := range entries {
		all = append(all, e.Matter())
		if n.endsSoon(e) {
			all = append(all, endOf(e))
		}
	}
	return all
}

// untold are the entries whose name a person was not told of.
func (n *Notifier) untold(ctx context.Context, p Recipient, entries []checkout.InboxEntry, name func(checkout.InboxEntry) string) (found []checkout.InboxEntry, err error) {
	if len(entries) == 0 {
		return nil, nil
	}
	names := make([]string, len(entries))
	for i, e := range entries {
		names[i] = name(e)
	}
	left, err := n.store.UntoldMatters(ctx, p.ID, names)
	for _, e := range entries {
		if slices.Contains(left, name(e)) {
			found = append(found, e)
		}
	}
	return found, err
}

// send sends an email about entries once; matters are what it tells of. Sending is not broken off
// when the program stops, so that its end is known.
func (n *Notifier) send(ctx context.Context, p Recipient, kind checkout.InboxEmailKind, entries []checkout.InboxEntry, matters []string) error {
	matters, err := n.store.UntoldMatters(ctx, p.ID, unique(matters))
	if err != nil || len(matters) == 0 {
		return err
	}
	now := n.cfg.Now()
	if claimed, err := n.store.ClaimInboxEmail(ctx, p.ID, matters, now); err != nil || !claimed {
		return err // not claimed: another process tells of it
	}
	sum := sha256.Sum256([]byte(p.ID + " " + strings.Join(matters, " ")))
	email := checkout.InboxEmail{ID: hex.EncodeToString(sum[:12]), Kind: kind, To: p.Email, Language: p.Language, Entries: entries, At: now}
	if len(entries) > listed {
		email.Entries, email.More = entries[:listed], len(entries)-listed
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), emailTimeout)
	defer cancel()
	err = n.cfg.Mailer.MailInbox(ctx, email)
	if errors.Is(err, checkout.ErrUndeliverable) {
		return err // the address takes no other try either
	}
	if err != nil {
		return errors.Join(err, n.store.ReleaseInboxEmail(context.WithoutCancel(ctx), p.ID, matters))
	}
	n.cfg.Log.Info("email about the inbox", slog.String(checkout.LogMatter, string(kind)))
	return nil
}

// unique drops what is named again.
func unique(names []string) (all []string) {
	seen := map[string]bool{}
	for _, name := range names {
		if !seen[name] {
			all = append(all, name)
		}
		seen[name] = true
	}
	return all
}
