package db

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"antom-checkout/checkout"
)

// catalogEntry is a product of a catalogue file; Price is in minor units.
type catalogEntry struct {
	SKU         string `json:"sku"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Image       string `json:"image"`
	Price       int64  `json:"price"`
	Stock       *int   `json:"stock"` // null or absent: enough
	line        int    // of a CSV file, where it begins; 0 in JSON
	problem     error  // of reading it
}

func (e catalogEntry) product(currency checkout.Currency) checkout.Product {
	return checkout.Product{
		SKU: e.SKU, Name: e.Name, Description: e.Description, Image: e.Image,
		Price: checkout.Money{Minor: e.Price, Currency: currency}, Stock: e.Stock,
	}.Cleaned()
}

// ReadCatalog reads products from JSON, or from CSV whose first line names the
// columns: sku, name, price in minor units of currency, and perhaps description,
// image, stock. CSV may be as spreadsheets write it. It reports every wrong product
// at once and then returns none.
func ReadCatalog(r io.Reader, isCSV bool, currency checkout.Currency) ([]checkout.Product, error) {
	text, err := readText(r)
	if err != nil {
		return nil, err
	}
	read := readJSON
	if isCSV {
		read = readCSV
	}
	entries, err := read(text)
	if err != nil {
		return nil, err
	}
	if len(entries) == 0 {
		return nil, errors.New("the file names no product")
	}
	var products []checkout.Product
	var problems []error
	seen := map[string]bool{}
	for _, entry := range entries {
		p := entry.product(currency)
		problem := errors.Join(entry.problem, checkout.CheckProduct(p))
		if seen[p.SKU] {
			problem = errors.Join(problem, fmt.Errorf("%s: listed twice", p.SKU))
		}
		if problem != nil && entry.line > 0 {
			problem = fmt.Errorf("line %d: %w", entry.line, problem)
		}
		problems = append(problems, problem)
		seen[p.SKU] = true
		products = append(products, p)
	}
	if err := errors.Join(problems...); err != nil {
		return nil, err
	}
	return products, nil
}

// readText reads UTF-8, or UTF-16 that begins with a byte order mark, as spreadsheets
// save it.
func readText(r io.Reader) ([]byte, error) {
	text, err := io.ReadAll(transform.NewReader(r, unicode.BOMOverride(encoding.Nop.NewDecoder())))
	switch {
	case err != nil:
		return nil, err
	case bytes.HasPrefix(text, []byte("PK\x03\x04")):
		return nil, errors.New(`this is a workbook; save it as "CSV UTF-8"`)
	}
	for n, line := range bytes.Split(text, []byte("\n")) {
		if !utf8.Valid(line) || bytes.IndexByte(line, 0) >= 0 {
			return nil, fmt.Errorf(`line %d is not UTF-8; save the file as "CSV UTF-8"`, n+1)
		}
	}
	return text, nil
}

func readJSON(text []byte) (entries []catalogEntry, err error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	err = decoder.Decode(&entries)
	if err == nil && decoder.More() {
		err = errors.New("there is something after the list")
	}
	return entries, err
}

// readCSV reads rows of cells between commas, semicolons or tabs, whichever the first
// line has most of. Rows without anything in them are left out.
func readCSV(text []byte) ([]catalogEntry, error) {
	separator, above := separatorOf(text)
	reader := csv.NewReader(bytes.NewReader(text[above:]))
	reader.Comma, reader.FieldsPerRecord, reader.TrimLeadingSpace = separator, -1, separator != '\t'
	linesAbove := bytes.Count(text[:above], []byte("\n"))
	var columns []string
	var entries []catalogEntry
	for {
		row, err := reader.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("CSV: %w", err)
		}
		for i := range row {
			row[i] = strings.TrimSpace(row[i])
		}
		line, _ := reader.FieldPos(0)
		switch {
		case strings.Join(row, "") == "":
		case columns == nil:
			if columns, err = columnsOf(row, separator); err != nil {
				return nil, err
			}
		default:
			entries = append(entries, entryOf(row, columns, linesAbove+line))
		}
	}
	if columns == nil {
		return nil, errors.New("the file is empty")
	}
	return entries, nil
}

// separatorOf finds what separates the cells. Excel may say it in a line "sep=;" above
// the others, which is as many bytes long as above says.
func separatorOf(text []byte) (separator rune, above int) {
	first, _, _ := bytes.Cut(text, []byte("\n"))
	if named, found := bytes.CutPrefix(bytes.ToLower(bytes.TrimRight(first, "\r")), []byte("sep=")); found && len(named) == 1 {
		return rune(named[0]), min(len(first)+1, len(text))
	}
	separator = ','
	for _, other := range ";\t" {
		if strings.Count(string(first), string(other)) > strings.Count(string(first), string(separator)) {
			separator = other
		}
	}
	return separator, 0
}

// columnsOf are the names in a file's first row, in lower case.
func columnsOf(row []string, separator rune) (columns []string, err error) {
	for _, name := range row {
		name = strings.ToLower(name)
		if name != "" && slices.Contains(columns, name) {
			return nil, fmt.Errorf("there are two columns %q", name)
		}
		columns = append(columns, name)
	}
	for _, name := range []string{"sku", "name", "price"} {
		if !slices.Contains(columns, name) {
			return nil, fmt.Errorf("there is no column %q; the first line, read with %q between its cells, has: %s", name, separator, strings.Join(row, " | "))
		}
	}
	return columns, nil
}

func entryOf(row, columns []string, line int) catalogEntry {
	cell := func(name string) string {
		if i := slices.Index(columns, name); i >= 0 && i < len(row) {
			return row[i]
		}
		return ""
	}
	entry := catalogEntry{SKU: cell("sku"), Name: cell("name"), Description: cell("description"), Image: cell("image"), line: line}
	var problems []error
	if len(row) > len(columns) && strings.Join(row[len(columns):], "") != "" {
		problems = append(problems, fmt.Errorf("%d cells under %d columns; a text that has the separator in it stands between quotes", len(row), len(columns)))
	}
	var err error
	if entry.Price, err = strconv.ParseInt(cell("price"), 10, 64); err != nil {
		problems = append(problems, fmt.Errorf("price %q is not an integer of minor units, such as 1250 for 12.50", cell("price")))
	}
	if text := cell("stock"); text != "" {
		stock, err := strconv.Atoi(text)
		if err != nil {
			problems = append(problems, fmt.Errorf("stock %q is not an integer", text))
		}
		entry.Stock = &stock
	}
	entry.problem = errors.Join(problems...)
	return entry
}
