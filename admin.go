package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"path/filepath"
	"time"

	"antom-checkout/antom/sandbox"
	"antom-checkout/checkout"
	"antom-checkout/db"
)

const adminManual = `usage: antom-checkout admin ACTION --order ID --key KEY [--amount MINOR] [FLAG ...]

actions:
  capture   take the money of an authorised card (manual capture)
  refund    give back --amount minor units, or all that is left
  cancel    close an unpaid order, release a card, or give a payment back while its method allows
  accept    end a review: keep the money that is there, or, where it cannot be
            given back through Antom, say that it was settled with the buyer otherwise

Of an order under review because Antom holds another amount, or took it by another
method, accept keeps that, refund gives all of it back, and cancel does so and
closes the order.

The same --key again is the same action, so a command may be repeated safely.
`

// administer does what an operator orders, beside a running server or without one.
func administer(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	if len(args) == 0 || args[0] == "-h" || args[0] == "--help" {
		fmt.Fprint(stdout, adminManual)
		return nil
	}
	action := args[0]
	flags := flag.NewFlagSet("admin "+action, flag.ContinueOnError)
	order := flags.String("order", "", "id of the order")
	amount := flags.Int64("amount", 0, "minor units to refund; all that is left without it")
	key := flags.String("key", "", "idempotency key: the same key is the same action")
	cfg, err := loadConfigWith(flags, args[1:], getenv, stderr)
	if err != nil {
		return err
	}
	partial := false
	flags.Visit(func(f *flag.Flag) { partial = partial || f.Name == "amount" })
	if *order == "" || *key == "" || len(*key) > 128 || partial && (*amount <= 0 || action != "refund") {
		return usageError{errors.New("admin: --order and --key (up to 128 bytes) are needed; --amount is for refund, and at least 1")}
	}
	shop, done, err := openDesk(ctx, cfg, stderr)
	if err != nil {
		return err
	}
	by := checkout.Key{Operator: "admin", Idempotency: *key}
	err = act(ctx, shop, action, *order, *amount, by, stdout)
	return errors.Join(err, done())
}

func act(ctx context.Context, shop *checkout.Service, action, order string, amount int64, by checkout.Key, stdout io.Writer) error {
	var op checkout.Operation
	var err error
	switch action {
	case "capture":
		op, err = shop.CapturePayment(ctx, order, by)
	case "refund":
		op, err = shop.RefundPayment(ctx, order, amount, by)
	case "cancel":
		op, err = checkout.Operation{Kind: checkout.Cancel, Status: checkout.OperationSuccess}, shop.CancelOrder(ctx, order, by)
	case "accept":
		op, err = checkout.Operation{Kind: "accept", Status: checkout.OperationSuccess}, shop.AcceptReview(ctx, order, by)
	default:
		return usageError{fmt.Errorf("admin: no action %q\n\n%s", action, adminManual)}
	}
	if err != nil {
		return err
	}
	answer := map[string]any{"action": op.Kind, "order": order, "status": op.Status}
	if op.RequestID != "" {
		answer["request_id"], answer["amount"], answer["currency"] = op.RequestID, op.Amount.Minor, op.Amount.Currency
	}
	if op.ResultCode != "" {
		answer["result_code"] = op.ResultCode
	}
	if err := json.NewEncoder(stdout).Encode(answer); err != nil {
		return err
	}
	if op.Status == checkout.OperationFailed {
		return fmt.Errorf("refused by Antom: %s", op.ResultCode)
	}
	return nil
}

// openDesk opens the shop for one action.
func openDesk(ctx context.Context, cfg config, stderr io.Writer) (*checkout.Service, func() error, error) {
	log := slog.New(slog.NewTextHandler(stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	now := func() time.Time { return time.Now().Add(cfg.clockOffset) }
	if cfg.antomClientID == "" {
		// The sandbox runs inside the server; its keys are kept beside the database.
		keys, err := sandbox.LoadKeys(filepath.Join(filepath.Dir(cfg.database), "sandbox-keys.json"))
		if err != nil {
			return nil, nil, err
		}
		address := url.URL{Scheme: "http", Host: cfg.sandboxAddr}
		if err := cfg.useSandbox(keys.Credentials(address.String(), sandbox.DefaultClientID)); err != nil {
			return nil, nil, err
		}
	}
	if cfg.publicURL == nil {
		cfg.publicURL = &url.URL{Scheme: "http", Host: cfg.addr}
	}
	gateway, err := openGateway(cfg, now)
	if err != nil {
		return nil, nil, err
	}
	store, err := db.Open(ctx, cfg.database, db.WithClock(now))
	if err != nil {
		return nil, nil, err
	}
	// Nothing is swept here, so no letter goes out and no link is signed.
	return openShop(cfg, nil, store, gateway, now, log, nil), store.Close, nil
}
