/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoticesTest {

  private static final long SECOND_NS = 1_000_000_000L;
  private static final long START_NS = 1_700_000_000L * SECOND_NS;

  private static final DetectionKind KIND =
      DetectionKind.named("echo", "Makes a notice of every record.")
          .count("echo.limit", 3, "A number.")
          .notice("Echo::Heard", "It", "is", "a", "test.")
          .starts(context ->
              records ->
                  records.on(
                      "conn",
                      logged ->
                          context
                              .notices()
                              .emit(
                                  Notice.of("Echo::Heard", "heard " + logged.text("id.orig_h"))
                                      .source(logged.text("id.orig_h"))
                                      .identifier(logged.textOrEmpty("id.orig_h")))))
          .build();

  @TempDir private Path folder = Path.of("");

  private static MapRecord from(String address, long afterSeconds) {
    return new MapRecord("conn", START_NS + afterSeconds * SECOND_NS).with("id.orig_h", address);
  }

  @Test
  void suppressesTheSameNoticeForAnHour() {
    try (StageRun run = new StageRun(KIND, Map.of())) {
      run.take(from("10.0.0.1", 0)).take(from("10.0.0.1", 3_599)).take(from("10.0.0.2", 3_599));
      assertThat(run.messages()).containsExactly("heard 10.0.0.1", "heard 10.0.0.2");
      run.take(from("10.0.0.1", 3_600));
      assertThat(run.messages()).hasSize(3);
      assertThat(run.stage().notices().suppressedCount()).isEqualTo(1);
    }
  }

  @Test
  void exceptionsEndAtTheirTimeAndAreReadAgain() throws IOException {
    Path file = folder.resolve("exceptions");
    Files.writeString(
        file, "# known\nEcho::*  10.0.0.0/8  *  2023-11-14T22:15:00Z  our own scanner\n");
    try (StageRun run =
        new StageRun(KIND, new NoticeSettings(Set.of(), Map.of(), file, /* folder= */ null))) {
      run.take(from("10.0.0.1", 0)).take(from("192.0.2.1", 1));
      assertThat(run.messages()).containsExactly("heard 192.0.2.1");
      run.take(from("10.0.0.1", 200)); // until has passed
      assertThat(run.messages()).containsExactly("heard 192.0.2.1", "heard 10.0.0.1");
      Files.writeString(file, "*  192.0.2.0/24  *  *  known\n");
      Files.setLastModifiedTime(file, FileTime.fromMillis(1));
      run.take(from("192.0.2.9", 300));
      assertThat(run.messages()).hasSize(2);
    }
  }

  @Test
  void findingsAreCountedByWhatBecameOfThemAndFileProblemsAreNamed() throws IOException {
    Path file = folder.resolve("exceptions");
    Files.writeString(file, "*  10.0.0.7  *  *  known\n");
    try (StageRun run =
        new StageRun(KIND, new NoticeSettings(Set.of(), Map.of(), file, /* folder= */ null))) {
      run.take(from("10.0.0.1", 0)).take(from("10.0.0.1", 1)).take(from("10.0.0.7", 2));
      NoticeCounts counts = run.stage().counts();
      assertThat(counts.raised()).containsExactly(Map.entry("Echo::Heard", 1L));
      assertThat(counts.suppressed()).isEqualTo(1);
      assertThat(counts.excepted()).isEqualTo(1);
      assertThat(counts.heldBytes()).isPositive();
      assertThat(run.stage().problem()).isEmpty();
      Files.writeString(file, "*  10.0.0.7\n");
      Files.setLastModifiedTime(file, FileTime.fromMillis(1));
      run.take(from("10.0.0.7", 100));
      assertThat(run.stage().problem()).contains(":1: an exception has five parts");
      assertThat(run.stage().counts().excepted()).isEqualTo(2); // the earlier ones stay
      Files.writeString(file, "# none\n");
      Files.setLastModifiedTime(file, FileTime.fromMillis(2));
      run.take(from("10.0.0.7", 200));
      assertThat(run.stage().problem()).isEmpty();
      assertThat(run.messages()).containsExactly("heard 10.0.0.1", "heard 10.0.0.7");
    }
  }

  @Test
  void invalidSettingsAreNamed() throws IOException {
    assertInvalid(Set.of("ecko"), Map.of(), "detection 'ecko' is not known; available: echo");
    assertInvalid(
        Set.of(),
        Map.of("echo.limits", List.of("1")),
        "option 'echo.limits' of detections is not known");
    assertInvalid(
        Set.of(), Map.of("echo.limit", List.of("x")), "invalid value 'x' of option echo.limit");
    assertInvalid(
        Set.of(),
        Map.of("site.local_nets", List.of("10.0.0.0/33")),
        "invalid network '10.0.0.0/33': prefix length out of range");
    Path file = folder.resolve("exceptions");
    Files.writeString(file, "Scan::Port_Scan 10.0.0.1 *\n");
    assertThatThrownBy(() -> new NoticeExceptions(file))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(":1: an exception has five parts");
  }

  private static void assertInvalid(
      Set<String> detect, Map<String, List<String>> values, String message) {
    assertThatThrownBy(() -> new StageRun(KIND, new NoticeSettings(detect, values, null, null)))
        .isInstanceOf(SettingsException.class)
        .hasMessage(message);
  }

  @Test
  void settingsFilesMayHaveEveryShape() throws IOException {
    Path file = folder.resolve("options.json");
    Files.writeString(
        file,
        "{\"detect\": [\"echo\"], \"echo.limit\": 7, \"site.local_nets\": [\"10.0.0.0/8\"],"
            + " \"site.private_address_space_is_local\": false}");
    NoticeSettings settings = NoticeSettingsFile.read(file, List.of("echo.limit=9"), null);
    assertThat(settings.detections()).containsExactly("echo");
    assertThat(settings.values().get("echo.limit")).containsExactly("9");
    assertThat(settings.site().isLocal("10.1.2.3")).isTrue();
    assertThat(settings.site().isLocal("192.168.0.1")).isFalse();
    Files.writeString(file, "{\"detect\": [\"echo\"");
    assertThatThrownBy(() -> NoticeSettingsFile.read(file, List.of(), null))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining("are invalid");
  }

  @Test
  void tablesStayWithinTheirBytesAndCountWhatLeaves() {
    AgeTable<String, String> table = new AgeTable<>(10_000, SECOND_NS, AgeTable::bytesOf);
    for (int i = 0; i < 1_000; i++) {
      table.put("key " + i, "value", START_NS);
      assertThat(table.bytes()).isLessThanOrEqualTo(10_000);
    }
    assertThat(table.evicted()).isEqualTo(1_000 - table.size());
    assertThat(table.get("key 999", START_NS)).isEqualTo("value");
    assertThat(table.get("key 999", START_NS + SECOND_NS)).isNull();
    assertThat(table.bytes()).isZero();
  }

  @Test
  void manyKeysAreKnownAndTheOldestLeave() {
    RecentKeys keys = new RecentKeys(4 << 20, 1_000 * SECOND_NS);
    int many = 150_000;
    for (int i = 0; i < many; i++) {
      assertThat(keys.isKnown("source " + i + " target", START_NS)).isFalse();
      keys.add("source " + i + " target", START_NS);
    }
    for (int i = 0; i < many; i++) {
      assertThat(keys.isKnown("source " + i + " target", START_NS + SECOND_NS)).isTrue();
    }
    assertThat(keys.evicted()).isZero();
    for (int i = many; i < 5 * many; i++) {
      keys.add("source " + i + " target", START_NS + i / 1_000 * SECOND_NS);
      assertThat(keys.bytes()).isLessThanOrEqualTo(4 << 20);
    }
    int last = 5 * many - 1;
    assertThat(keys.isKnown("source " + last + " target", START_NS + 750 * SECOND_NS)).isTrue();
    assertThat(keys.isKnown("source 0 target", START_NS + 750 * SECOND_NS)).isFalse();
    assertThat(keys.evicted() + keys.size()).isEqualTo(5L * many);
    assertThat(keys.isKnown("source " + last + " target", START_NS + 1_760 * SECOND_NS)).isFalse();
  }

  @Test
  void keysThatAllCameAtOnceMakeRoomTheSame() {
    RecentKeys keys = new RecentKeys(1 << 16, 1_000 * SECOND_NS);
    for (int i = 0; i < 100_000; i++) {
      keys.add("key " + i, START_NS);
      assertThat(keys.isKnown("key " + i, START_NS)).isTrue();
    }
    assertThat(keys.evicted() + keys.size()).isEqualTo(100_000);
    assertThat(keys.bytes()).isLessThanOrEqualTo(1 << 16);
    assertThat(keys.isKnown("key 5", START_NS + 2_000 * SECOND_NS)).isFalse();
  }
}
