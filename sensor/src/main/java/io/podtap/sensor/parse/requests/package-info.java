/**
 * How often a connection asked for what: {@code requests.log}, for protocols of which no more is
 * recorded. In: kinds of requests as parsers name them. Out: one record for each connection. One
 * thread.
 */
@NullMarked
package io.podtap.sensor.parse.requests;

import org.jspecify.annotations.NullMarked;
