/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.intel;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.notice.NoticeTalk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Indicators in requests and files, and what intel.log says of where they were seen. */
class IntelligenceTest {

  @TempDir private Path folder = Path.of("");

  private NoticeTalk talk(String indicator, String type) throws IOException {
    Path file = folder.resolve("intel.dat");
    Files.writeString(
        file,
        "#fields\tindicator\tindicator_type\tmeta.source\n"
            + indicator
            + "\tIntel::"
            + type
            + "\tlist\n");
    return new NoticeTalk("detect=intel", "intel.read_files=" + file);
  }

  @ParameterizedTest
  @CsvSource({"80, http://shop.example/a?b", "8080, http://shop.example:8080/a?b"})
  void aFileIsShownWithWhereItComesFrom(int port, String origin) throws IOException {
    try (NoticeTalk talk = talk("list.txt", "FILE_NAME")) {
      talk.connect(port)
          .client("GET /a?b HTTP/1.1\r\nHost: shop.example:" + port + "\r\n\r\n")
          .server(
              "HTTP/1.1 200 OK\r\nContent-Length: 4\r\nContent-Disposition: attachment;"
                  + " filename=\"list.txt\"\r\n\r\ntext")
          .finish();
      assertThat(talk.values("intel", "seen.where")).containsExactly("Files::IN_NAME");
      assertThat(talk.values("intel", "file_desc")).containsExactly(origin);
      assertThat(talk.values("intel", "file_mime_type")).containsExactly("-");
    }
  }

  @Test
  void aHostIsFoundInItsHeader() throws IOException {
    try (NoticeTalk talk = talk("shop.example", "DOMAIN")) {
      talk.connect(80).client("GET / HTTP/1.1\r\nHost: Shop.Example:80\r\n\r\n");
      assertThat(talk.values("intel", "seen.where")).containsExactly("HTTP::IN_HOST_HEADER");
      assertThat(talk.values("intel", "sources")).containsExactly("list");
      assertThat(talk.values("intel", "file_desc")).containsExactly("-");
    }
  }
}
