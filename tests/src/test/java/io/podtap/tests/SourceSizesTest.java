/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Files and packages of the product can be read in one sitting, and a name means one thing. */
class SourceSizesTest {

  private static final int LINES_MAX = 500;
  private static final int CLASSES_MAX = 25;

  @Test
  void noFileIsLong() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : files()) {
      try (Stream<String> lines = Files.lines(file)) {
        long count = lines.count();
        if (count > LINES_MAX) {
          found.add(file.getFileName() + ": " + count);
        }
      }
    }
    assertThat(found).as("files of more than %d lines", LINES_MAX).isEmpty();
  }

  @Test
  void noPackageIsLarge() throws IOException {
    Map<String, Integer> byPackage = new TreeMap<>();
    for (Path file : files()) {
      byPackage.merge(String.valueOf(file.getParent()), 1, Integer::sum);
    }
    assertThat(byPackage.size()).isGreaterThan(50);
    assertThat(byPackage.entrySet())
        .as("packages of more than %d classes", CLASSES_MAX)
        .filteredOn(entry -> entry.getValue() > CLASSES_MAX)
        .isEmpty();
  }

  @Test
  void noTwoClassesHaveOneName() throws IOException {
    Map<String, List<Path>> byName = new TreeMap<>();
    for (Path file : files()) {
      byName
          .computeIfAbsent(String.valueOf(file.getFileName()), _ -> new ArrayList<>())
          .add(Repository.root().relativize(file));
    }
    assertThat(byName.values())
        .as("classes of one name")
        .filteredOn(same -> same.size() > 1)
        .isEmpty();
  }

  /** Returns the sources of all classes that are shipped. */
  private static List<Path> files() throws IOException {
    List<Path> files = new ArrayList<>();
    for (Path sources : Repository.sources()) {
      try (Stream<Path> below = Files.walk(sources)) {
        below
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("package-info.java"))
            .filter(file -> !file.endsWith("module-info.java"))
            .forEach(files::add);
      }
    }
    assertThat(files.size()).isGreaterThan(500);
    return files;
  }
}
