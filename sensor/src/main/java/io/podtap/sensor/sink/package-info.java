/**
 * Where log records go: files in a folder, rotated and compressed, or a stream.
 *
 * <p>A {@link io.podtap.sensor.sink.LogSink} opens one {@link io.podtap.sensor.sink.LogStream} for
 * each schema; rows are formatted at once and not kept. Bytes reach the file when a buffer is full,
 * at {@link io.podtap.sensor.sink.LogSink#flush} and at the end, always in whole lines. A sink and
 * its streams belong to one thread; {@link io.podtap.sensor.sink.LogSink#another} is for a further
 * one, which shares the files. Compression has a thread of its own. A {@link
 * io.podtap.sensor.sink.LossHandler} decides what becomes of records that cannot be written.
 */
@NullMarked
package io.podtap.sensor.sink;

import org.jspecify.annotations.NullMarked;
