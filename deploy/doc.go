// Package deploy holds what an operator installs beside the program, as files: packages and
// their systemd unit, containers, proxies, alerts. Its tests run each of them with the real
// program that it is for. It holds tests only.
package deploy
