/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http.content;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.Session;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses content on its way, as much of it as is bearable. One thread.
 *
 * @see "RFC 1952; RFC 1950; RFC 9110 section 8.4"
 */
public final class DecodedSink implements ContentSink {

  /** Bytes that one message's content may become. */
  private static final long DECODED_BYTES_MAX = 256L << 20;

  private final ContentSink target;
  private final Session session;
  private final boolean gzip;
  private final Inflaters inflaters;
  private final Payload view = new Payload();
  private final GzipHead head = new GzipHead();
  private @Nullable Inflater inflater;
  private long decodedBytes;
  private boolean over;

  public DecodedSink(Session session, ContentSink target, boolean gzip, Inflaters inflaters) {
    this.session = session;
    this.target = target;
    this.gzip = gzip;
    this.inflaters = inflaters;
  }

  @Override
  public void data(Payload data) {
    if (over || (gzip && !head.skip(data)) || data.isEmpty()) {
      return;
    }
    Inflater working = inflater;
    if (working == null) {
      // Some servers call a bare deflate stream "deflate" (RFC 9110 section 8.4.1.2).
      boolean wrapped = !gzip && (data.u8(0) & 0x0F) == 8 && data.u16(0) % 31 == 0;
      working = inflaters.begin(!wrapped);
      inflater = working;
      session.account().take(working == null ? 0 : Inflaters.BYTES);
      if (working == null) {
        session.weird("podtap_too_many_inflates", "", "");
        over = true;
        return;
      }
    }
    try {
      while (!data.isEmpty() && !over) {
        int count = Math.min(data.length(), inflaters.input.length);
        data.copyTo(0, inflaters.input, 0, count);
        data.skip(count);
        working.setInput(inflaters.input, 0, count);
        inflate(working); // until all of it is taken: the next piece needs the room
      }
    } catch (DataFormatException e) {
      session.weird("inflate_failed", "", "ZIP");
      stop();
    }
  }

  private void inflate(Inflater working) throws DataFormatException {
    while (!over) {
      int count = working.inflate(inflaters.output);
      if (count > 0) {
        decodedBytes += count;
        target.data(view.wrap(inflaters.output, 0, count));
      }
      if (decodedBytes >= DECODED_BYTES_MAX) {
        session.weird("podtap_inflate_data_too_large", "", "");
        stop();
      } else if (working.finished() || (count == 0 && working.needsDictionary())) {
        stop();
      } else if (count == 0) {
        return;
      }
    }
  }

  /** What lies behind a hole cannot be decompressed. */
  @Override
  public void gap(long length) {
    target.gap(length);
    stop();
  }

  private void stop() {
    over = true;
    if (inflater != null) {
      inflaters.end(inflater);
      inflater = null;
      session.account().giveBack(Inflaters.BYTES);
    }
  }

  @Override
  public void end() {
    stop();
    target.end();
  }
}
