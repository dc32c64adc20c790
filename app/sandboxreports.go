package app

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"antom-checkout/antom/sandbox"
)

const sandboxHelp = `sandbox reports --day 2026-06-01 --out FOLDER
           writes the reconciliation reports of that day (by UTC+8) of the sandbox that
           runs at SANDBOX_ADDR: transaction details, settlement details and summary.
           --generation 1 has the column names until 2025. Files in FOLDER that have the
           same names are replaced.
`

// wantedReports say which reports are written, and where.
type wantedReports struct {
	day, out   string
	generation int
}

func reportFlags(l *line) *wantedReports {
	w := &wantedReports{}
	l.flags.StringVar(&w.day, "day", "", "of reports: the day, such as 2026-06-01")
	l.flags.StringVar(&w.out, "out", "", "of reports: the folder that they are written to")
	l.flags.IntVar(&w.generation, "generation", 2, "of reports: 1 for the column names until 2025, 2 for those of 2026")
	return w
}

// maxReports is the most that a sandbox's answer with reports is read to.
const maxReports = 256 << 20

// writeReports has the sandbox that runs write the reports of a day into a folder.
func writeReports(ctx context.Context, l *line, s *Settings, want *wantedReports, keyFile string) error {
	if _, err := time.Parse(time.DateOnly, want.day); err != nil || l.arguments[0] != "reports" || want.out == "" {
		return usageError{fmt.Errorf("sandbox: reports needs --day and --out\n\n%s", sandboxHelp)}
	}
	files, err := s.fetchReports(ctx, want, keyFile)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(want.out, 0o700); err != nil {
		return err
	}
	for _, file := range files {
		path := filepath.Join(want.out, filepath.Base(file.Name))
		if err := os.WriteFile(path, []byte(file.Content), 0o600); err != nil {
			return err
		}
		fmt.Fprintln(l.stdout, path)
	}
	return nil
}

// fetchReports asks the sandbox that runs at SANDBOX_ADDR for reports.
func (s *Settings) fetchReports(ctx context.Context, want *wantedReports, keyFile string) (files []sandbox.ReportFile, err error) {
	at := url.URL{Scheme: s.sandboxScheme(), Host: localHost(s.SandboxAddr), Path: "/control/reports"}
	at.RawQuery = url.Values{"day": {want.day}, "generation": {strconv.Itoa(want.generation)}}.Encode()
	transport := &http.Transport{}
	if s.SandboxTLS {
		certificate, err := sandboxCertificateFor(at.Hostname(), keyFile)
		if err != nil {
			return nil, err
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: sandbox.Trust(certificate), MinVersion: tls.VersionTLS12}
	}
	client := http.Client{Transport: transport, Timeout: time.Minute}
	defer client.CloseIdleConnections()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, at.String(), nil)
	if err != nil {
		return nil, err
	}
	resp, err := client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("no sandbox answers at %s; start one, or the shop with its own: %w", s.SandboxAddr, err)
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxReports))
	if err = errors.Join(err, resp.Body.Close()); err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the sandbox at %s answers %s: %.200s", s.SandboxAddr, resp.Status, body)
	}
	return files, json.Unmarshal(body, &files)
}
