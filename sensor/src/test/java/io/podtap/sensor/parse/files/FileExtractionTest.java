/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import io.podtap.sensor.dispatch.StreamScript;
import io.podtap.sensor.sink.MemorySink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of an HTTP server, kept in a folder. */
class FileExtractionTest {

  private static final String TEXT = "a text that is long enough";
  private static final String IMAGE = "\u0089PNG\r\n" + "i".repeat(5_000);

  @TempDir private Path folder;

  private ExtractionSettings settings(String types, long fileBytes, long bytes, long files) {
    List<String> wanted = types.isEmpty() ? List.of() : List.of(types);
    return new ExtractionSettings(folder.toString(), wanted, fileBytes, bytes, files);
  }

  private static StreamScript served(ExtractionSettings settings, String... bodies) {
    StreamScript script = StreamScript.keeping(80, settings);
    for (String body : bodies) {
      script
          .client("GET /../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n")
          .server(
              "HTTP/1.1 200 OK\r\nContent-Disposition: attachment; filename=\"../x\"\r\n"
                  + "Content-Length: "
                  + body.length()
                  + "\r\n\r\n"
                  + body);
    }
    return script;
  }

  private List<Path> kept() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  @Test
  void keepsAFileUnderANameThatNobodyOutsideCanChoose() throws IOException {
    StreamScript script = served(settings("", 1_000_000, 1_000_000, 10), IMAGE);
    Map<String, String> row = script.rows("files").getFirst();

    assertThat(kept())
        .singleElement()
        .satisfies(file -> {
          assertThat(file.getFileName().toString())
              .matches("extract-[0-9]+\\.[0-9]{6}-HTTP-F[0-9A-Za-z]+")
              .isEqualTo(row.get("extracted"))
              .endsWith(row.get("fuid"));
          assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).isEqualTo(IMAGE);
        });
    assertThat(row)
        .containsEntry("analyzers", "EXTRACT")
        .containsEntry("extracted_cutoff", "F")
        .containsEntry("extracted_size", "-");
    assertThat(script.extracted()).isEqualTo(new ExtractionCounts(1, IMAGE.length(), 0, 0, 0, 0));
  }

  @ParameterizedTest
  @ValueSource(strings = {"image/png", "image/*"})
  void keepsWhatIsWanted(String types) throws IOException {
    served(settings(types, 1_000_000, 1_000_000, 10), TEXT, IMAGE).finish();
    assertThat(kept()).singleElement().satisfies(file -> assertThat(file).hasSize(IMAGE.length()));
  }

  @Test
  void cutsWhatIsTooLong() throws IOException {
    StreamScript script = served(settings("", 100, 1_000_000, 10), IMAGE);
    assertThat(script.rows("files").getFirst())
        .containsEntry("extracted_cutoff", "T")
        .containsEntry("extracted_size", "100");
    assertThat(kept()).singleElement().satisfies(file -> assertThat(file).hasSize(100));
    assertThat(script.extracted())
        .isEqualTo(new ExtractionCounts(1, 100, 1, IMAGE.length() - 100, 0, 0));
  }

  @Test
  void countsWhatIsThereAlreadyAndStopsWhenTheFolderIsFull() throws IOException {
    Files.writeString(folder.resolve("extract-1.0-HTTP-Fa"), "x".repeat(90));
    StreamScript script = served(settings("", 1_000, 100, 10), TEXT, TEXT);
    script.finish();
    assertThat(script.extracted())
        .isEqualTo(new ExtractionCounts(1, 10, 1, TEXT.length() - 10, 1, 0));
  }

  @Test
  void keepsNoMoreFilesThanAllowed() throws IOException {
    StreamScript script = served(settings("", 1_000, 1_000, 2), TEXT, TEXT, TEXT);
    script.finish();
    assertThat(kept()).hasSize(2);
    assertThat(script.extracted().refusedFiles()).isOne();
  }

  @Test
  void aGapIsAHole() throws IOException {
    StreamScript script = StreamScript.keeping(80, settings("", 1_000_000, 1_000_000, 10));
    script
        .client("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        .server("HTTP/1.1 200 OK\r\nContent-Length: 5200\r\n\r\n" + "a".repeat(5_000))
        .gap(/* fromClient= */ false, 100)
        .server("b".repeat(100))
        .finish();
    assertThat(kept())
        .singleElement()
        .satisfies(file ->
            assertThat(Files.readString(file))
                .isEqualTo("a".repeat(5_000) + "\0".repeat(100) + "b".repeat(100)));
  }

  @Test
  void refusesAFolderThatIsNone() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "x");
    ExtractionSettings settings = new ExtractionSettings(file.toString(), List.of(), 1, 1, 1);
    assertThatThrownBy(
            () -> new FileRecorder(new MemorySink(), "", 1, List.of(), FileWeirds.NONE, settings))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("cannot keep files in");
  }

  @ParameterizedTest
  @ValueSource(strings = {"image", "/png", "image/", "a/b/c"})
  void refusesTypesThatAreNone(String type) {
    assertThatThrownBy(() -> settings(type, 1, 1, 1)).isInstanceOf(SettingsException.class);
  }
}
