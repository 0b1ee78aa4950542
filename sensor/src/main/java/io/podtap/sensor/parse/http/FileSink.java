/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.http;

import io.podtap.sensor.parse.Payload;
import io.podtap.sensor.parse.files.FileStream;
import io.podtap.sensor.parse.http.content.ContentSink;
import org.jspecify.annotations.Nullable;

/** Content that is a file: it begins with its first byte. One thread. */
final class FileSink implements ContentSink {

  private final Message message;
  private final String filename;
  private final @Nullable ContentRange range;
  private final long totalBytes;
  private @Nullable FileStream file;

  /**
   * @param headers of the message, or of the part of it that the file is
   * @param totalBytes what is known of its length, or -1
   */
  FileSink(Message message, HeaderFields headers, long totalBytes) {
    this.message = message;
    this.filename = headers.filename();
    this.range = message.range(headers);
    this.totalBytes = totalBytes;
  }

  private FileStream file() {
    FileStream known = file;
    if (known == null) {
      known = message.beginFile(filename, range);
      if (totalBytes >= 0 && range == null) {
        known.totalBytes(totalBytes);
      }
      file = known;
    }
    return known;
  }

  @Override
  public void data(Payload data) {
    file().data(data);
  }

  @Override
  public void gap(long length) {
    file().gap(length);
  }

  @Override
  public void end() {
    if (file != null) {
      file.end();
    }
  }
}
