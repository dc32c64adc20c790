package app

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"antom-checkout/checkout"
)

// shopDay is a shop whose sandbox has a day's payments. It is noon of Antom's day, so that
// no payment is near midnight.
type shopDay struct {
	*program
	env    environ
	day    string
	placed int
}

func openShopDay(t *testing.T) *shopDay {
	t.Helper()
	zone := time.FixedZone("UTC+8", 8*60*60)
	now := time.Now().In(zone)
	noon := time.Date(now.Year(), now.Month(), now.Day(), 12, 0, 0, 0, zone)
	offset := noon.Sub(now).Round(time.Second).String()
	p := runProgram(t, environ{"CLOCK_OFFSET": offset})
	env := environ{"DATABASE_URL": p.settings["DATABASE_URL"], "SANDBOX_ADDR": strings.TrimPrefix(p.sandbox, "http://"), "CLOCK_OFFSET": offset}
	return &shopDay{program: p, env: env, day: noon.Format(time.DateOnly)}
}

// starts places an order and starts a payment.
func (d *shopDay) starts(method string) (payment string) {
	d.t.Helper()
	form := "application/x-www-form-urlencoded"
	d.placed++
	d.send("POST", d.shop+"/cart", form, "sku=MUG-01&quantity=1")
	fields := fmt.Sprintf("form_id=%d&email=ann@example.com&name=Ann&country=SG&address1=1+Raffles+Place&postal_code=048616", d.placed)
	status, header, text := d.send("POST", d.shop+"/orders", form, fields)
	if status != http.StatusSeeOther {
		d.t.Fatalf("the order is answered %d %.500s", status, text)
	}
	_, _, text = d.send("POST", d.shop+header.Get("Location")+"/payments", "application/json", fmt.Sprintf(`{"method":%q}`, method))
	var started struct {
		PaymentRequestID string `json:"payment_request_id"`
	}
	if err := json.Unmarshal([]byte(text), &started); err != nil || started.PaymentRequestID == "" {
		d.t.Fatalf("%s: %v", text, err)
	}
	return started.PaymentRequestID
}

// acts acts as the buyer, and waits until the shop knows.
func (d *shopDay) acts(payment, act string) {
	d.t.Helper()
	d.control("POST", "payments/"+payment+"/"+act, "{}")
	d.control("POST", "idle", "{}")
}

func (d *shopDay) control(method, path, body string) string {
	d.t.Helper()
	status, _, text := d.send(method, d.sandbox+"/control/"+path, "application/json", body)
	if status >= 300 {
		d.t.Fatalf("%s is answered %d %s", path, status, text)
	}
	return text
}

// orderOf is the order of a payment.
func (d *shopDay) orderOf(payment string) string {
	d.t.Helper()
	var ledger struct {
		Payments []struct {
			ID    string `json:"payment_request_id"`
			Terms struct {
				Order string `json:"reference_order_id"`
			} `json:"terms"`
		} `json:"payments"`
	}
	if err := json.Unmarshal([]byte(d.control("GET", "ledger", "")), &ledger); err != nil {
		d.t.Fatal(err)
	}
	for _, p := range ledger.Payments {
		if p.ID == payment {
			return p.Terms.Order
		}
	}
	d.t.Fatalf("the ledger has no payment %s", payment)
	return ""
}

func (d *shopDay) does(line string) {
	d.t.Helper()
	if code, _, problems := runs(d.t, d.env, line); code != 0 {
		d.t.Fatalf("%s ends with %d: %s", line, code, problems)
	}
	d.control("POST", "idle", "{}")
}

// trades makes the payments of a day: by card and by wallet, one of them refunded in part,
// one cancelled, one in dispute, one declined and one left unfinished.
func (d *shopDay) trades() (card, refunded, cancelled string) {
	d.t.Helper()
	card, refunded, cancelled = d.starts("CARD"), d.starts("GCASH"), d.starts("ALIPAY_CN")
	disputed, declined := d.starts("CARD"), d.starts("GCASH")
	for _, paid := range []string{card, refunded, cancelled, disputed} {
		d.acts(paid, "pay")
	}
	d.acts(declined, "decline")
	d.acts(disputed, "dispute")
	d.acts(d.starts("GRABPAY_SG"), "submit")
	d.does("admin refund --order " + d.orderOf(refunded) + " --key r --amount 100")
	d.does("admin cancel --order " + d.orderOf(cancelled) + " --key c")
	return card, refunded, cancelled
}

// writes has the sandbox write its reports of the day, and answers with their paths.
func (d *shopDay) writes(generation int) []string {
	d.t.Helper()
	folder := d.t.TempDir()
	d.does(fmt.Sprintf("sandbox reports --day %s --out %s --generation %d --sandbox-addr %s", d.day, folder, generation, d.env["SANDBOX_ADDR"]))
	paths, err := filepath.Glob(filepath.Join(folder, "*.csv"))
	if err != nil || len(paths) != 3 {
		d.t.Fatalf("the reports are %q, %v", paths, err)
	}
	return paths
}

// reconciled is what the command answers in JSON.
type reconciled struct {
	Files []struct {
		Already bool
		Rows    int
	}
	Classes     map[checkout.ReportClass]int
	Differences []shownDifference
	Unanswered  int
}

func (d *shopDay) reconciles(arguments ...string) (code int, r reconciled) {
	d.t.Helper()
	code, text, problems := runs(d.t, d.env, "reconcile --json "+strings.Join(arguments, " "))
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		d.t.Fatalf("%d %s %s: %v", code, text, problems, err)
	}
	return code, r
}

func (r reconciled) classes() (classes []string) {
	for _, d := range r.Differences {
		class := string(d.Class)
		if d.Reason != "" {
			class += " " + d.Reason
		}
		classes = append(classes, class)
	}
	slices.Sort(classes)
	return slices.Compact(classes)
}

// An honest day reconciles without a difference, in the columns of both generations, and
// the same file again changes nothing.
func TestAnHonestDayReconciles(t *testing.T) {
	for generation := 1; generation <= 2; generation++ {
		t.Run(fmt.Sprint("generation ", generation), func(t *testing.T) {
			d := openShopDay(t)
			d.trades()
			paths := d.writes(generation)
			code, r := d.reconciles(paths...)
			if code != 0 || len(r.Differences) > 0 || r.Classes[checkout.RowMatched] < 20 || len(r.Classes) != 1 {
				t.Errorf("it ends with %d: %+v", code, r)
			}
			code, again := d.reconciles(paths...)
			if code != 0 || !again.Files[0].Already || !again.Files[2].Already || again.Classes[checkout.RowMatched] != r.Classes[checkout.RowMatched] {
				t.Errorf("read again it ends with %d: %+v", code, again)
			}
			if code, asked := d.reconciles("--inquire", d.day); code != 0 || asked.Classes[checkout.RowMatched] != 6 || asked.Unanswered != 0 {
				t.Errorf("an inquiry ends with %d: %+v", code, asked)
			}
		})
	}
}

// Every falsified row is found, has its class, and is gone once an honest report is read.
func TestFalsifiedReportsAreFound(t *testing.T) {
	d := openShopDay(t)
	card, refunded, cancelled := d.trades()
	for _, c := range []struct {
		fault string
		want  []string
	}{
		{`{"kind":"report-drop","payment_request_id":"` + card + `","on":"CAPTURE"}`, []string{"missing_there", "sum_differs"}},
		{`{"kind":"report-drop","on":"REFUND"}`, []string{"missing_there", "sum_differs"}},
		{`{"kind":"report-drop","on":"CANCEL"}`, []string{"missing_there", "sum_differs"}},
		{`{"kind":"report-double","payment_request_id":"` + refunded + `","on":"PAYMENT"}`, []string{"amount_differs twice", "sum_differs"}},
		{`{"kind":"report-amount","payment_request_id":"` + cancelled + `","on":"PAYMENT"}`, []string{"amount_differs"}},
		{`{"kind":"report-amount","on":"REFUND"}`, []string{"amount_differs"}},
		{`{"kind":"report-status","payment_request_id":"` + refunded + `","on":"PAYMENT"}`, []string{"status_differs"}},
		{`{"kind":"report-fee","payment_request_id":"` + card + `","on":"CAPTURE"}`, []string{"fee_only net_is_not_gross_fees", "sum_differs"}},
		{`{"kind":"report-type","payment_request_id":"` + refunded + `","on":"REFUND"}`, []string{"missing_there", "sum_differs", "unknown_kind"}},
		{`{"kind":"report-add"}`, []string{"missing_here", "sum_differs"}},
		{`{"kind":"report-sum"}`, []string{"sum_differs"}},
	} {
		t.Run(c.fault, func(t *testing.T) {
			restart := openBooks(t, d)
			d.control("POST", "faults", c.fault)
			code, r := restart.reconciles(d.writes(2)...)
			d.control("DELETE", "faults", "")
			got := r.classes()
			for i, class := range got {
				if strings.HasPrefix(class, "sum_differs") {
					got[i] = "sum_differs"
				}
			}
			if got = slices.Compact(got); code != 1 || !slices.Equal(got, c.want) {
				t.Errorf("it ends with %d and %q, want %q", code, got, c.want)
			}
		})
	}
}

// openBooks is the same day with a copy of the database, of which no report was read.
func openBooks(t *testing.T, d *shopDay) *shopDay {
	t.Helper()
	copied := filepath.Join(t.TempDir(), "backup.db")
	d.does("backup " + copied)
	folder := t.TempDir()
	env := environ{"DATABASE_URL": filepath.Join(folder, "shop.db"), "SANDBOX_ADDR": d.env["SANDBOX_ADDR"], "CLOCK_OFFSET": d.env["CLOCK_OFFSET"]}
	if code, _, problems := runs(t, env, "restore "+copied); code != 0 {
		t.Fatal(problems)
	}
	return &shopDay{program: d.program, env: env, day: d.day}
}

// A difference waits for a person: it is listed, resolved with a note, and stays resolved
// when the same file comes again. What a later report puts right ends by itself.
func TestADifferenceWaitsForAPerson(t *testing.T) {
	d := openShopDay(t)
	_, refunded, _ := d.trades()
	before := d.orderStatus(d.orderOf(refunded))
	d.control("POST", "faults", `{"kind":"report-amount","on":"REFUND"}`)
	falsified := d.writes(2)
	d.control("DELETE", "faults", "")
	if code, r := d.reconciles(falsified...); code != 1 || len(r.Differences) != 2 { // in two reports
		t.Fatalf("it ends with %d: %+v", code, r)
	}
	if after := d.orderStatus(d.orderOf(refunded)); after != before {
		t.Errorf("a report has made the order %s", after)
	}
	_, list, _ := runs(t, d.env, "reconcile list")
	id, _, _ := strings.Cut(list, " ")
	if strings.Count(list, "\n") != 2 || !strings.Contains(list, "amount_differs") {
		t.Fatalf("the list is\n%s", list)
	}
	for line, want := range map[string]int{"reconcile resolve " + id: 2, "reconcile resolve none --note x": 1, "reconcile": 2, "reconcile --inquire today": 1, "reconcile x --amounts cents": 2} {
		if code, _, problems := runs(t, d.env, line); code != want || problems == "" {
			t.Errorf("%s ends with %d: %s", line, code, problems)
		}
	}
	d.does("reconcile resolve " + id + " --note asked")
	if code, r := d.reconciles(falsified...); code != 1 || len(r.Differences) != 1 {
		t.Errorf("read again it ends with %d: %+v", code, r)
	}
	if code, r := d.reconciles(d.writes(2)...); code != 0 {
		t.Errorf("an honest report ends with %d: %+v", code, r)
	}
	if _, list, _ := runs(t, d.env, "reconcile list"); list != "" {
		t.Errorf("open afterwards:\n%s", list)
	}
	if _, all, _ := runs(t, d.env, "reconcile list --all"); !strings.Contains(all, "resolved by command line  asked") || !strings.Contains(all, "resolved by report") {
		t.Errorf("all are\n%s", all)
	}
}

func (d *shopDay) orderStatus(order string) string {
	d.t.Helper()
	_, text, _ := runs(d.t, d.env, "show --json "+order)
	var shown shownOrder
	if err := json.Unmarshal([]byte(text), &shown); err != nil {
		d.t.Fatal(err)
	}
	return string(shown.Status)
}

// A torn file, and one of another merchant, are refused whole.
func TestWhatIsNoReportOfOursIsRefused(t *testing.T) {
	d := openShopDay(t)
	d.acts(d.starts("GCASH"), "pay")
	paths := d.writes(2)
	torn := filepath.Join(t.TempDir(), "torn.csv")
	content, err := os.ReadFile(paths[0])
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(torn, content[:len(content)-30], 0o600); err != nil {
		t.Fatal(err)
	}
	if code, _, problems := runs(t, d.env, "reconcile "+torn); code != 1 || !strings.Contains(problems, "torn.csv: line ") {
		t.Errorf("a torn file ends with %d: %s", code, problems)
	}
	d.env["ANTOM_MERCHANT_ID"] = "2188120000000002"
	if code, _, problems := runs(t, d.env, "reconcile "+paths[0]); code != 1 || !strings.Contains(problems, "another merchant") {
		t.Errorf("a foreign file ends with %d: %s", code, problems)
	}
	d.env["ANTOM_MERCHANT_ID"] = ""
	if code, r := d.reconciles(paths...); code != 0 || r.Files[0].Already {
		t.Errorf("the files end with %d: %+v", code, r)
	}
}

// Reports until about 2023 have amounts in cents without a point. Read as dollars they fit
// nothing, and are refused with the flag that helps.
func TestAmountsInTheOtherUnitAreRefused(t *testing.T) {
	d := openShopDay(t)
	d.acts(d.starts("GCASH"), "pay")
	var file string
	for _, path := range d.writes(1) {
		if strings.Contains(path, "transactionItems") {
			file = path
		}
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	cents := regexp.MustCompile(`(\d)\.(\d\d),SGD`).ReplaceAll(content, []byte("$1$2,SGD"))
	if err := os.WriteFile(file, cents, 0o600); err != nil || string(cents) == string(content) {
		t.Fatalf("the amounts are as before: %v", err)
	}
	if code, _, problems := runs(t, d.env, "reconcile "+file); code != 1 || !strings.Contains(problems, "--amounts minor") {
		t.Errorf("it ends with %d: %s", code, problems)
	}
	if _, list, _ := runs(t, d.env, "reconcile list --all"); list != "" {
		t.Errorf("the refused file has left %s", list)
	}
	if code, r := d.reconciles("--amounts minor", file); code != 0 || r.Classes[checkout.RowMatched] != 1 || r.Files[0].Already {
		t.Errorf("in minor units it ends with %d: %+v", code, r)
	}
}

// What was lost on the way is found by an inquiry of the day: the signed answer is recorded,
// and the difference says that it was. A silent Antom is no agreement.
func TestADayIsInquired(t *testing.T) {
	d := openShopDay(t)
	d.control("POST", "faults", `{"kind":"lose"}`)
	lost := d.starts("GCASH")
	d.control("POST", "payments/"+lost+"/pay", "{}")
	silent := openBooks(t, d)
	d.control("POST", "faults", `{"kind":"unknown","on":"inquiryPayment"}`)
	if code, r := silent.reconciles("--inquire", d.day); code != 1 || r.Unanswered != 1 || len(r.Differences) != 0 {
		t.Errorf("while Antom is silent it ends with %d: %+v", code, r)
	}
	d.control("DELETE", "faults", "")
	code, r := silent.reconciles("--inquire", d.day)
	if code != 1 || !slices.Equal(r.classes(), []string{"status_differs"}) {
		t.Errorf("it ends with %d: %+v", code, r)
	}
	if _, paid, _ := runs(t, silent.env, "orders --status paid"); strings.Count(paid, "\n") != 1 {
		t.Errorf("the answer was not recorded; paid are %q", paid)
	}
	if code, r := silent.reconciles("--inquire", d.day); code != 0 || r.Classes[checkout.RowMatched] != 1 {
		t.Errorf("asked again it ends with %d: %+v", code, r)
	}
	if _, list, _ := runs(t, silent.env, "reconcile list"); list != "" {
		t.Errorf("open afterwards: %s", list)
	}
	yesterday := time.Now().AddDate(0, 0, -2).Format(time.DateOnly)
	if code, r := silent.reconciles("--inquire", yesterday); code != 0 || len(r.Classes) != 0 {
		t.Errorf("a day without a payment ends with %d: %+v", code, r)
	}
}

// A page shows what was read, what it adds up to, and what is open.
func TestTheOverviewHoldsFilesSumsAndWhatIsOpen(t *testing.T) {
	d := openShopDay(t)
	d.acts(d.starts("GCASH"), "pay")
	d.control("POST", "faults", `{"kind":"report-sum"}`)
	d.reconciles(d.writes(2)...)
	s, err := Load(nil, d.env.get)
	if err != nil {
		t.Fatal(err)
	}
	beside, err := Build(t.Context(), s, Outside{Beside: true})
	if err != nil {
		t.Fatal(err)
	}
	defer beside.Close()
	o, err := booksOf(beside).Overview(t.Context(), 10)
	if err != nil || len(o.Files) != 3 || len(o.Sums) != 3 || len(o.Differences) != 1 || o.Differences[0].Class != checkout.SumDiffers {
		t.Errorf("%+v, %v", o, err)
	}
}

// A payment that the shop did not know as paid when the report came is known once Antom's
// answer is recorded: the difference ends with the next file that is read, whatever day it is about.
func TestADifferenceEndsWhenTheRecordsCatchUp(t *testing.T) {
	d := openShopDay(t)
	d.control("POST", "faults", `{"kind":"lose"}`)
	d.control("POST", "faults", `{"kind":"unknown","on":"inquiryPayment"}`)
	late := d.starts("GCASH")
	d.control("POST", "payments/"+late+"/pay", "{}")
	books := openBooks(t, d)
	paths := d.writes(2)
	if code, r := books.reconciles(paths...); code != 1 || !slices.Equal(r.classes(), []string{"status_differs"}) {
		t.Errorf("it ends with %d: %+v", code, r)
	}
	d.control("DELETE", "faults", "")
	books.orderStatus(d.orderOf(late)) // which inquires
	if code, r := books.reconciles(paths[0]); code != 0 || !r.Files[0].Already {
		t.Errorf("after the answer it ends with %d: %+v", code, r)
	}
	if _, list, _ := runs(t, books.env, "reconcile list"); list != "" {
		t.Errorf("open afterwards: %s", list)
	}
}

// A day without business has a report of its column names and the end mark: of two such days
// both are read, and what the shop was paid on them is missing there.
func TestEmptyReportsOfTwoDaysAreTwoReports(t *testing.T) {
	d := openShopDay(t)
	paid := d.starts("GCASH")
	d.acts(paid, "pay")
	today, err := time.Parse(time.DateOnly, d.day)
	if err != nil {
		t.Fatal(err)
	}
	content := "customerId,transactionType,transactionId,transactionRequestId,transactionCompletionTime,transactionAmountValue,transactionCurrency\n<END>\n"
	read := func(day time.Time) (int, reconciled) {
		path := filepath.Join(t.TempDir(), "transactionItems_"+day.Format("20060102")+"_000.csv")
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return d.reconciles(path)
	}
	if code, r := read(today.AddDate(0, 0, -1)); code != 0 {
		t.Errorf("the day before ends with %d: %+v", code, r)
	}
	if code, r := read(today); code != 1 || r.Files[0].Already || !slices.Equal(r.classes(), []string{"missing_there"}) || r.Differences[0].Payment != paid {
		t.Errorf("the day of the payment ends with %d: %+v", code, r)
	}
	if code, r := read(today); code != 1 || !r.Files[0].Already || len(r.Differences) != 1 {
		t.Errorf("read again it ends with %d: %+v", code, r)
	}
}
