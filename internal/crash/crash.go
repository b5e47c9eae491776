// Package crash lets a test kill Passdesk at a named point of its work: see
// cmd/passdesk/trial. In an ordinary build it is empty, and costs nothing; only
// a build with the tag "crash" can be told by PASSDESK_CRASH where to die, and
// how its clock goes. It is a leaf.
package crash
