package handlers

import (
	"time"

	"antom-checkout/handlers/web"
)

// Meter counts what the pages do. It gets routes, not addresses: no token, no
// id and nothing about a person.
type Meter interface {
	web.Meter
	Stream(opened int)                           // 1 for an event stream that opens, -1 for one that ends
	NotificationRefused(status int)              // with the status it was answered with
	PolicyReport(kind, directive, source string) // a violation that a browser reported
	SDKReport(code string)                       // an error of Antom's SDK
}

type noMeter struct{}

func (noMeter) Request(string, string, int, time.Duration) {}
func (noMeter) Stream(int)                                 {}
func (noMeter) NotificationRefused(int)                    {}
func (noMeter) Limited(string)                             {}
func (noMeter) PolicyReport(string, string, string)        {}
func (noMeter) SDKReport(string)                           {}
