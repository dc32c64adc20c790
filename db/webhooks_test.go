package db

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"antom-checkout/checkout"
)

// fullEndpoint has no empty field.
func fullEndpoint(id string) checkout.WebhookEndpoint {
	return checkout.WebhookEndpoint{
		ID: id, URL: "https://shop.example/hook", Description: "stock", Types: []checkout.EventType{checkout.EventOrderPaid},
		Secret: checkout.StoredWebhookSecret("whsec_bmV3"), OldSecret: checkout.StoredWebhookSecret("whsec_b2xk"), OldUntil: noon.Add(time.Hour),
		Off: checkout.EndpointFailing, FailingSince: noon, Untold: true, CreatedAt: noon,
	}
}

// Each field of an endpoint is stored when the endpoint is made, and when the field changes
// alone. What names the endpoint, and when it was made, stays.
func TestEveryFieldOfAnEndpointIsStored(t *testing.T) {
	store := openStore(t)
	expectFilled(t, "WebhookEndpoint", reflect.ValueOf(fullEndpoint("e")))
	fields := reflect.TypeFor[checkout.WebhookEndpoint]()
	for i := range fields.NumField() {
		name := fields.Field(i).Name
		want := fullEndpoint("endpoint of " + name)
		if err := store.AddEndpoint(t.Context(), want, 100); err != nil {
			t.Fatal(err)
		}
		change := func(e checkout.WebhookEndpoint) checkout.WebhookEndpoint {
			alterEndpoint(t, name, &e)
			return e
		}
		if name != "ID" && name != "CreatedAt" {
			want = change(want)
		}
		if _, err := store.ChangeEndpoint(t.Context(), want.ID, change); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		got, err := store.Endpoint(t.Context(), want.ID)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got, roundedTo, cmp.Exporter(func(reflect.Type) bool { return true })); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}

func alterEndpoint(t *testing.T, name string, e *checkout.WebhookEndpoint) {
	t.Helper()
	switch field := reflect.ValueOf(e).Elem().FieldByName(name).Addr().Interface().(type) {
	case *checkout.WebhookSecret:
		*field = checkout.StoredWebhookSecret("whsec_b3RoZXI=")
	case *[]checkout.EventType:
		*field = append(slices.Clone(*field), checkout.EventOrderExpired)
	case *checkout.EndpointOff:
		*field = checkout.EndpointGone
	case *string:
		*field += "x"
	case *bool:
		*field = !*field
	case *time.Time:
		*field = field.Add(time.Hour)
	default:
		t.Fatalf("%s is a %T: say here how it changes", name, field)
	}
}

// A list of events reads an index backwards from its cursor, and sorts nothing, so that it costs
// the same among many events as among few.
func TestListsOfEventsReadAnIndexInOrder(t *testing.T) {
	onSQLiteOnly(t, "how SQLite plans a query")
	store := openStore(t)
	for index, f := range map[string]checkout.EventFilter{
		"INTEGER PRIMARY KEY": {},
		"events_of_type":      {Type: checkout.EventOrderPaid},
		"events_of_order":     {OrderID: "order"},
	} {
		query, values := eventsQuery(f, checkout.Window{After: "event", Limit: 20})
		plan, err := collect(t.Context(), store.reads, func(row scanner) (detail string, err error) {
			var id, parent, unused int
			err = row.Scan(&id, &parent, &unused, &detail)
			return detail, err
		}, `EXPLAIN QUERY PLAN `+query, values...)
		if err != nil {
			t.Fatal(err)
		}
		if text := strings.Join(plan, "; "); !strings.Contains(text, "SEARCH events USING") || !strings.Contains(text, index) || !strings.Contains(text, "rowid<?") || strings.Contains(text, "B-TREE") {
			t.Errorf("%+v: %s", f, text)
		}
	}
}
