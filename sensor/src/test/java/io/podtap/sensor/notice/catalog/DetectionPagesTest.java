/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.sensor.notice.DetectionKind;
import io.podtap.sensor.notice.DetectionOption;
import io.podtap.sensor.notice.DetectionPage;
import io.podtap.sensor.notice.NoticeType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The pages in {@code docs/notices} are made from the declarations; run with {@code
 * -DupdateReferences=true} to write them anew.
 */
class DetectionPagesTest {

  private static final Path FOLDER = Path.of("..", "docs", "notices");

  @Test
  void everyDetectionHasItsPageAndNoOtherDoes() throws IOException {
    Set<String> pages = new HashSet<>(Set.of("README.md"));
    check("README.md", DetectionPage.index(Detections.all()));
    for (DetectionKind kind : Detections.all()) {
      check(kind.name() + ".md", DetectionPage.of(kind));
      pages.add(kind.name() + ".md");
    }
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(file -> file.getFileName().toString())).hasSameElementsAs(pages);
    }
  }

  @Test
  void declarationsAreCompleteAndNamesAreTheirOwn() {
    Set<String> names = new HashSet<>();
    Map<String, DetectionOption> options = new HashMap<>();
    for (DetectionKind kind : Detections.all()) {
      assertThat(names.add(kind.name())).as(kind.name()).isTrue();
      for (DetectionOption option : kind.options()) {
        DetectionOption same = options.putIfAbsent(option.name(), option);
        assertThat(same == null || same.equals(option)).as(option.name()).isTrue();
        assertThat(option.meaning()).endsWith(".");
      }
      for (NoticeType type : kind.notices()) {
        assertThat(names.add(type.name())).as(type.name()).isTrue();
        assertThat(type.meaning() + type.falseBecause() + type.action() + type.evidence())
            .isNotBlank();
      }
    }
  }

  private static void check(String name, String text) throws IOException {
    Path page = FOLDER.resolve(name);
    if (Boolean.getBoolean("updateReferences")) {
      Files.createDirectories(FOLDER);
      Files.writeString(page, text);
    }
    assertThat(Files.readString(page)).isEqualTo(text);
  }
}
