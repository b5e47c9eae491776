package entra

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"time"
)

var (
	givenNames  = strings.Fields("Aino Anders Astrid Birgit Bjorn Camille Clara Daan Elin Emil Erik Esther Femke Freya Gustav Hanna Henrik Ida Ingrid Isak Jasper Johanna Julien Kaja Karin Lars Linnea Louise Lucas Magnus Maja Marit Mathieu Mikkel Nadia Nils Noor Olga Oskar Petra Pieter Ragnhild Rasmus Signe Sofia Sven Thea Tobias Ursula Vera Viktor Wouter Ylva Yusuf")
	surnames    = strings.Fields("Aas Andersen Bakker Berg Bernard Borg Carlsen Dahl Dekker Dubois Eide Eriksen Falk Fischer Fournier Garnier Gran Haugen Hansen Holm Iversen Jansen Johansen Karlsen Kowalski Lambert Larsen Lie Lund Madsen Meyer Moen Moreau Nilsen Nordby Olsen Petit Ruud Sand Smit Solberg Strand Svendsen Tangen Thomassen Ulven Vik Visser Voss Weber Wiik Zijlstra")
	departments = strings.Fields("Chartering Crewing Engineering Finance Legal Logistics Marketing Operations Procurement Safety Sales Terminals")
	zones       = []struct{ locale, zone string }{{"en-GB", "Europe/Oslo"}, {"en-GB", "Europe/London"}, {"fr-FR", "Europe/Paris"}, {"nl-NL", "Europe/Amsterdam"}, {"de-DE", "Europe/Berlin"}}
)

// A generated company is made of teams, sites of as many teams, and regions of as
// many sites. The first person of each leads it.
const (
	teamSize   = 12
	siteSize   = 12 * teamSize
	regionSize = 12 * siteSize
)

// chain are the leaders above the person who is being generated, by object id.
type chain struct{ president, region, site, team string }

// crowd generates people beside the seeded ones: about 3 in 100 disabled and 2
// in 100 guests, with the methods and roles of a company that is on its way to
// passkeys. Who somebody is follows from the seed and their number alone.
func (t *Tenant) crowd(users int, created time.Time) {
	above := chain{president: t.byKey["patti"].ID}
	for i := range users {
		draw := t.draw(i)
		p := t.employee(i, draw, created)
		above.place(i, p)
		if p.Guest = i%teamSize != 0 && draw.within(100) < 2; p.Guest {
			p.Manager, p.JobTitle = "", "Consultant"
			p.Mail = strings.Replace(p.UPN, Domain, "northwind.example", 1)
			p.UPN = strings.Replace(p.UPN, "@"+Domain, "_northwind.example#EXT#@"+Domain, 1)
		}
		p.methods = t.habits(p, draw)
		t.put(p)
		if !p.Guest {
			t.duties(p.ID, draw, created)
		}
	}
}

// place gives the person with the number a manager and, where they lead, a title.
func (c *chain) place(i int, p *person) {
	switch {
	case i%regionSize == 0:
		p.Manager, p.JobTitle = c.president, "Regional Director"
		c.region, c.site, c.team = p.ID, p.ID, p.ID
	case i%siteSize == 0:
		p.Manager, p.JobTitle = c.region, "Site Manager"
		c.site, c.team = p.ID, p.ID
	case i%teamSize == 0:
		p.Manager, p.JobTitle = c.site, p.Department+" Manager"
		c.team = p.ID
	default:
		p.Manager = c.team
	}
}

func (t *Tenant) employee(i int, draw *lots, created time.Time) *person {
	given, surname := givenNames[draw.within(len(givenNames))], surnames[draw.within(len(surnames))]
	home := zones[draw.within(len(zones))]
	upn := strings.ToLower(given+"."+surname) + "." + strconv.Itoa(i+1) + "@" + Domain
	department := departments[i/teamSize%len(departments)]
	return &person{Person: Person{
		ID: t.id("person " + upn), Teams: t.teamsID(upn), Name: given + " " + surname, GivenName: given, Surname: surname,
		UPN: upn, Mail: upn, Department: department, JobTitle: department + " Specialist", Locale: home.locale, Zone: home.zone,
		Enabled: draw.within(100) >= 3, Created: created, SessionsFrom: created,
	}}
}

// duties are the directory roles of a generated person: 3 in 1000 have one, half
// of them to be activated first.
func (t *Tenant) duties(person string, draw *lots, created time.Time) {
	role, active := "", true
	switch draw.within(2000) {
	case 0, 1:
		role = DirectoryReaders
	case 2:
		role = HelpdeskAdministrator
	case 3:
		role, active = HelpdeskAdministrator, false
	case 4:
		role, active = UserAdministrator, false
	case 5:
		role, active = AuthenticationAdministrator, false
	}
	if role == "" {
		return
	}
	id := t.derive("duty " + person)
	if active {
		t.assignments = append(t.assignments, RoleAssignment{ID: id, Principal: person, Role: role, Scope: WholeTenant})
		return
	}
	t.eligibilities = append(t.eligibilities, RoleEligibility{ID: id, Principal: person, Role: role, Scope: WholeTenant, Start: created})
}

// lots are the chances of one generated person.
type lots struct{ left []byte }

// draw makes the lots of the person with that number: 16 draws of them.
func (t *Tenant) draw(i int) *lots {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s lots %d", t.root, i))
	return &lots{left: sum[:]}
}

// within is a number from 0 to n-1.
func (l *lots) within(n int) int {
	v := binary.BigEndian.Uint16(l.left)
	l.left = l.left[2:]
	return int(v) % n
}
