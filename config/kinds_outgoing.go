package config

import (
	"net/mail"
	"net/netip"
)

// networks is a list of networks (RFC 4632, RFC 4291).
type networks struct{ list }

func (networks) expected() string {
	return "a list of networks such as 10.0.0.0/8 or fd00::/8, each with its length and no bits behind that"
}
func (networks) check(field any) error {
	for _, text := range *field.(*[]string) {
		p, err := netip.ParsePrefix(text)
		if err != nil || p != p.Masked() {
			return errKind
		}
	}
	return nil
}

// mailbox is a sender of mail (RFC 5322, 3.4), or nothing.
type mailbox struct{ str }

func (mailbox) expected() string {
	return "a mail address, or a name and one such as Lernspur <lernspur@example.org>, or nothing"
}
func (mailbox) check(field any) error {
	s := *field.(*string)
	if s == "" {
		return nil
	}
	_, err := mail.ParseAddress(s)
	return verdict(err == nil && len(s) <= 320)
}
