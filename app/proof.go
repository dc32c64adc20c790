package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"antom-checkout/checkout"
	"antom-checkout/checkout/gateway"
)

const proofHelp = `ORDER is the order's number as its buyer knows it (ABCDE-FGHIJ), or its id. The proof
is written to standard output: each change of the order, of its payments and of their
captures, refunds and cancels, with Antom's signed message behind it, as it came. It
holds what Antom reports about the card and the buyer; give it to those only who may
know that. Verify it with antom-checkout verify.
`

// prove writes the proof of an order, beside a running server or without one.
func prove(ctx context.Context, l *line) error {
	s, err := l.load()
	if err != nil {
		return err
	}
	return l.beside(ctx, s, func(p *Program) error {
		o, err := p.findOrder(ctx, l.arguments[0])
		if err != nil {
			return err
		}
		proof, err := p.Services.Merchant.Proof(ctx, o.ID)
		if err != nil {
			return err
		}
		file, err := proof.File()
		if err == nil {
			_, err = l.stdout.Write(file)
		}
		return err
	})
}

const verifyHelp = `FILE is what antom-checkout proof has written, unchanged. The key file holds Antom's
public key as Antom Dashboard shows it, or several as "version:key,version:key" after
a rotation. No database is opened, and nothing is sent.

Each change is "signed" (Antom signed what it says), "unsigned" (shop, buyer, operator
or clock caused it), "unbound" (Antom signed the answer, which names no payment), or
wrong: "contradicted", "forged", "missing". Exit code 1 when anything is wrong.
`

// errNotProven has the exit code say what the report has said.
var errNotProven = errors.New("the proof does not hold; see the report")

// verifyProof verifies a proof.
func verifyProof(_ context.Context, l *line) error {
	keyFile := l.flags.String("antom-public-key", "", "file that contains Antom's public key, or keys")
	asJSON := l.flags.Bool("json", false, "one JSON object instead of text")
	if _, err := l.load(); err != nil {
		return err
	}
	if *keyFile == "" {
		return usageError{errors.New("verify: --antom-public-key FILE is missing")}
	}
	keys, err := os.ReadFile(*keyFile)
	if err != nil {
		return usageError{err}
	}
	file, err := os.ReadFile(l.arguments[0])
	if err != nil {
		return usageError{err}
	}
	report, err := gateway.VerifyProof(file, string(keys))
	if err != nil {
		return fmt.Errorf("%s: %w", l.arguments[0], err)
	}
	if *asJSON {
		encoder := json.NewEncoder(l.stdout)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(report)
	} else {
		_, err = io.WriteString(l.stdout, proofText(report))
	}
	if err == nil && !report.OK {
		err = errNotProven
	}
	return err
}

// proofText is a report for people.
func proofText(r checkout.ProofReport) string {
	var b strings.Builder
	fmt.Fprintf(&b, "Order %s, %s. Signed to %s.\n", r.Order, statusText(r.Status), strings.Join(r.ClientIDs, ", "))
	for _, key := range r.Keys {
		fmt.Fprintf(&b, "Verified with Antom's public key, version %s, SHA-256 %s.\n", key.Version, key.SHA256)
	}
	b.WriteByte('\n')
	for _, t := range r.Transitions {
		subject, from := t.Subject, t.From
		if id := proofID(t.ProofTransition); id != "" {
			subject += " " + id
		}
		if from == "" {
			from = "new"
		}
		fmt.Fprintf(&b, "%-12s  %s: %s → %s\n", t.Result, subject, from, t.To)
		detail := "caused by " + t.Cause + ", " + timeText(t.At)
		if t.SignedAt != "" {
			detail += "; Antom's time " + t.SignedAt + ", key version " + t.KeyVersion
		}
		if t.Note != "" {
			detail += "; " + t.Note
		}
		wrapped(&b, "              ", detail)
	}
	for _, problem := range r.Problems {
		wrapped(&b, "", "Wrong: "+problem+".")
	}
	b.WriteString("\nNo signature covers:\n")
	for _, text := range r.Unproven {
		wrapped(&b, "- ", text)
	}
	if r.OK {
		b.WriteString("\nThe proof holds.\n")
	} else {
		b.WriteString("\nThe proof does not hold.\n")
	}
	return b.String()
}

// proofID is the id of what a transition is of, where it is no order.
func proofID(t checkout.ProofTransition) string {
	switch t.Subject {
	case checkout.SubjectOrder:
		return ""
	case checkout.SubjectPayment:
		return t.PaymentRequestID
	}
	return t.RequestID
}
