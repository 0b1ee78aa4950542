/**
 * Log records: what a log is made of, and how a record becomes bytes.
 *
 * <p>A {@link io.podtap.sensor.log.LogSchema} is the one declaration of a log: names, types, words
 * for the reader and where each value comes from. A {@link io.podtap.sensor.log.LogFormat} writes
 * records of any schema into a {@link io.podtap.sensor.log.LineBuffer}, as JSON lines or as Zeek's
 * tab-separated text. Nothing is allocated per record. One thread.
 *
 * @see "Zeek's logging framework, ASCII writer"
 */
@NullMarked
package io.podtap.sensor.log;

import org.jspecify.annotations.NullMarked;
