package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"antom-checkout/checkout"
	"antom-checkout/db"
)

// openStore claims and opens the database, and fills the catalogue.
func (p *Program) openStore(ctx context.Context) error {
	s := &p.Settings
	products, err := s.readCatalog()
	if err != nil {
		return err
	}
	if p.Store, err = db.Open(ctx, s.Database, slices.Concat(tracedStore(p), p.outside.Database, []db.Option{db.WithClock(p.Now), db.Exclusively()})...); err != nil {
		return err
	}
	switch {
	case s.CatalogFile != "":
		err = db.GoodsOf(p.Store).Replace(ctx, products)
	case !s.LiveMode():
		err = p.Store.Seed(ctx, s.Shop.Currency)
	}
	if err != nil {
		return err
	}
	return p.warnOfEmptyShop(ctx)
}

// warnOfEmptyShop says that buyers find nothing to buy.
func (p *Program) warnOfEmptyShop(ctx context.Context) error {
	sold, err := p.Store.Products(ctx, p.Settings.Shop.Currency)
	if err != nil || len(sold) > 0 {
		return err
	}
	p.Log.Warn("setting", slog.String(logSetting, "CATALOG_FILE"),
		slog.String(logProblem, "not given, and no product has a price in "+string(p.Settings.Shop.Currency)+": the shop is empty; name a file of products"))
	return nil
}

func (s *Settings) readCatalog() ([]checkout.Product, error) {
	if s.CatalogFile == "" {
		return nil, nil
	}
	file, err := os.Open(s.CatalogFile)
	if err != nil {
		return nil, usageError{fmt.Errorf("CATALOG_FILE: %w", err)}
	}
	defer file.Close()
	isCSV := slices.Contains([]string{".csv", ".tsv", ".txt"}, strings.ToLower(filepath.Ext(s.CatalogFile)))
	products, err := db.ReadCatalog(file, isCSV, s.Shop.Currency)
	if err != nil {
		return nil, usageError{fmt.Errorf("CATALOG_FILE: %w", err)}
	}
	return products, nil
}

// openStoreBeside opens a database that a server may be using.
func (p *Program) openStoreBeside(ctx context.Context) (err error) {
	p.Store, err = db.Open(ctx, p.Settings.Database, slices.Concat(p.outside.Database, []db.Option{db.WithClock(p.Now)})...)
	return err
}

func audit(ctx context.Context, l *line) error {
	s, err := l.load()
	if err != nil {
		return err
	}
	return db.Audit(ctx, s.Database, l.stdout)
}

// backup writes a copy that holds what a restore needs: the rows, and the keys that the
// program has made. Keys that come from settings are the operator's to keep.
func backup(ctx context.Context, l *line) error {
	s, err := l.load()
	if err != nil {
		return err
	}
	var attached []db.Attachment
	for _, name := range s.madeKeys() {
		switch content, err := os.ReadFile(s.besideDatabase(name)); {
		case err == nil:
			attached = append(attached, db.Attachment{Name: name, Content: content})
		case !errors.Is(err, os.ErrNotExist):
			return err
		}
	}
	return db.Backup(ctx, s.Database, l.arguments[0], attached...)
}

// madeKeys are the files of keys that the program makes where the settings name none.
func (s *Settings) madeKeys() (names []string) {
	if s.SessionKey.Empty() {
		names = append(names, sessionKey)
	}
	if s.Antom.ClientID == "" {
		names = append(names, sandboxKeys)
	}
	return names
}

const restoreHelp = `No server may run meanwhile. The backup is examined first: a file that is damaged,
or of a newer version, changes nothing. The files that stood in its place are set
aside, with the write-ahead log, under names that end in ".replaced-" and the time;
delete them when they are not needed, because they hold buyers' data. Keys that the
program had made come back with the backup; those of settings do not.

What happened after the backup is not in it. Orders and payments that are unfinished
in it are inquired at Antom when the server starts; orders placed later are unknown,
and Antom's notifications about them are stored.
`

// restore puts a backup in the place of the database.
func restore(ctx context.Context, l *line) error {
	s, err := l.load()
	if err != nil {
		return err
	}
	file := l.arguments[0]
	r, err := db.Restore(ctx, file, s.Database, s.madeKeys(), s.clock(time.Now)())
	if err != nil {
		return err
	}
	latest := "no transition"
	if !r.Latest.IsZero() {
		latest = "the last transition of " + r.Latest.Format(time.RFC3339)
	}
	text := fmt.Sprintf("Restored %s from %s: schema %d, %d orders, %s.\n", s.Database, file, r.Schema, r.Orders, latest)
	for _, name := range r.Attached {
		text += fmt.Sprintf("%s came with it.\n", name)
	}
	for _, path := range r.SetAside {
		text += fmt.Sprintf("Set aside: %s\n", path)
	}
	if s.SessionKey.Empty() && !slices.Contains(r.Attached, sessionKey) {
		text += "The backup holds no session key. Set SESSION_KEY to the shop's, or links in emails no longer open.\n"
	}
	_, err = io.WriteString(l.stdout, text)
	return err
}
