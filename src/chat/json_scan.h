// json_scan.h - is this JSON, and where does the value end?  A byte at a time.
//
// A strict RFC 8259 recogniser that keeps nothing but its place, for arguments that must be passed
// on while they are still being written.  Bytes of strings are not checked to be UTF-8.
#ifndef HEARTH_CHAT_JSON_SCAN_H
#define HEARTH_CHAT_JSON_SCAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define JSON_SCAN_DEPTH_MAX 128

enum json_scan_result {
    JSON_SCAN_MORE, // the byte belongs to the value, which goes on
    JSON_SCAN_DONE, // the byte was the value's last
    JSON_SCAN_PAST, // the value (a number) ended before this byte, which was not taken
    JSON_SCAN_BAD,  // no JSON value begins like this; the state did not change
};

struct json_scan { // zero is ready for a value
    uint8_t state;
    uint8_t n_left;  // hex digits still to come in \uXXXX, or place in a literal
    uint8_t literal; // which of true, false, null
    bool is_key;     // the string being read is an object's key
    uint8_t depth;
    uint8_t is_object[JSON_SCAN_DEPTH_MAX / 8]; // one bit per open container
};

enum json_scan_result json_scan_push(struct json_scan *scan, unsigned char byte);

bool json_scan_in_string(const struct json_scan *scan);   // between quotes, of a key or a value
bool json_scan_wants_key(const struct json_scan *scan);   // in front of a key
bool json_scan_wants_value(const struct json_scan *scan); // in front of a value: first or after :
bool json_scan_after_value(const struct json_scan *scan); // a value of the open container is whole

// The whole text is one JSON value with nothing but white space around it.
bool json_is_valid(struct str text);

#endif
