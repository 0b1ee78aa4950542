/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The checkout that the tests run in. */
final class Repository {

  /** Made by builds and by git; nothing in them is committed. */
  private static final Set<String> FOLDERS_NOT_COMMITTED = Set.of(".git", ".build", "target");

  private static final String VERSION_KEY = "appVersion:";

  private static final List<String> MODULES =
      List.of("core", "tap", "sensor", "kafka", "gateway", "injector", "cli");

  private Repository() {}

  /** Returns the top folder: the nearest one above the working folder that has the build script. */
  static Path root() {
    Path folder = Path.of("").toAbsolutePath();
    while (!Files.isExecutable(folder.resolve("build"))) {
      folder = folder.getParent();
      if (folder == null) {
        throw new IllegalStateException("run the tests inside a checkout");
      }
    }
    return folder;
  }

  /** Returns the version of the images and the chart. */
  static String version() {
    try (Stream<String> chart = Files.lines(root().resolve("deploy/chart/Chart.yaml"))) {
      return chart
          .filter(line -> line.startsWith(VERSION_KEY))
          .map(line -> line.substring(VERSION_KEY.length()).strip())
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Returns the compiled classes of every module that is shipped. */
  static List<Path> classes() {
    return MODULES.stream()
        .map(module -> root().resolve(module).resolve("target/classes"))
        .toList();
  }

  /** Returns the source folders of every module that is shipped. */
  static List<Path> sources() {
    return MODULES.stream().map(module -> root().resolve(module).resolve("src/main/java")).toList();
  }

  /** Returns every file that is, or would be, committed. */
  static List<Path> files() {
    List<Path> files = new ArrayList<>();
    try {
      Files.walkFileTree(
          root(),
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes) {
              return FOLDERS_NOT_COMMITTED.contains(folder.getFileName().toString())
                  ? FileVisitResult.SKIP_SUBTREE
                  : FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
              if (attributes.isRegularFile() && !file.getFileName().toString().equals(".git")) {
                files.add(file);
              }
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return files;
  }

  /** Returns the folders under {@code sources} that hold Java packages. */
  static List<Path> packageFolders(Path sources) {
    try (Stream<Path> paths = Files.walk(sources)) {
      return paths
          .filter(path -> path.toString().endsWith(".java"))
          .filter(path -> !path.endsWith("module-info.java"))
          .map(path -> path.getParent())
          .distinct()
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
