package app

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"

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
	if p.Store, err = db.Open(ctx, s.Database, db.WithClock(p.Now), db.Exclusively()); err != nil {
		return err
	}
	switch {
	case s.CatalogFile != "":
		err = p.Store.ReplaceCatalog(ctx, products)
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
	p.Store, err = db.Open(ctx, p.Settings.Database, db.WithClock(p.Now))
	return err
}

func audit(ctx context.Context, l *line) error {
	s, err := l.load()
	if err != nil {
		return err
	}
	return db.Audit(ctx, s.Database, l.stdout)
}

func migrate(ctx context.Context, l *line) error {
	s, err := l.load()
	if err != nil {
		return err
	}
	store, err := db.Open(ctx, s.Database)
	if err != nil {
		return err
	}
	return store.Close()
}

func backup(ctx context.Context, l *line) error {
	s, err := l.load()
	if err != nil {
		return err
	}
	return db.Backup(ctx, s.Database, l.arguments[0])
}
