/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Files, folders and standard input, as kubectl's {@code -f} takes them. */
final class ManifestFiles {

  private static final String STANDARD_INPUT = "-";
  private static final int DEPTH_MAX = 64;

  @Parameters(
      arity = "0..*",
      paramLabel = "FILE",
      description = "Manifests, as with -f; - is standard input.")
  private List<String> parameters = new ArrayList<>();

  @Option(
      names = {"-f", "--file"},
      paramLabel = "FILE|FOLDER|-",
      description =
          "Manifests; of a folder those that end in .yaml, .yml or .json; - is standard input. Can"
              + " be given several times.")
  private List<String> files = new ArrayList<>();

  @Option(names = "--filename", hidden = true, description = "kubectl's word for --file.")
  private List<String> kubectlFiles = new ArrayList<>();

  @Option(
      names = {"-R", "--recursive"},
      description = "Folders inside of folders too.")
  private boolean isRecursive;

  /**
   * Something to read.
   *
   * @param path null for standard input
   */
  record Source(String label, @Nullable Path path) {

    /** Returns whether it can be read twice. */
    boolean isRegularFile() {
      return path != null && Files.isRegularFile(path);
    }

    /**
     * Opens it; closing leaves standard input open.
     *
     * @throws SettingsException saying why it cannot be read
     */
    InputStream open(InputStream standardInput) {
      if (path == null) {
        return new java.io.FilterInputStream(standardInput) {
          @Override
          public void close() {}
        };
      }
      try {
        return Files.newInputStream(path);
      } catch (IOException e) {
        throw unreadable(label, e);
      }
    }
  }

  /**
   * Returns what is to be read, in the order in which it is given, folders by name.
   *
   * @throws SettingsException when something is not there, before anything is read
   */
  List<Source> sources() {
    List<String> all = new ArrayList<>(parameters);
    all.addAll(files);
    all.addAll(kubectlFiles);
    if (all.isEmpty()) {
      throw new SettingsException("no file: give FILE or -f FILE; - is standard input");
    }
    if (all.stream().filter(STANDARD_INPUT::equals).count() > 1) {
      throw new SettingsException("standard input (-) is named more than once");
    }
    List<Source> sources = new ArrayList<>();
    for (String name : all) {
      add(sources, name);
    }
    return sources;
  }

  private void add(List<Source> sources, String name) {
    if (name.equals(STANDARD_INPUT)) {
      sources.add(new Source("standard input", null));
      return;
    }
    if (name.matches("(?i)https?://.*")) {
      throw new SettingsException(
          "'"
              + name
              + "' is a URL, which is not fetched: curl -fsSL URL | podtap inject -f - does it");
    }
    if (name.isBlank()) {
      throw new SettingsException("a file's name is empty");
    }
    Path path = Path.of(name);
    if (Files.isDirectory(path)) {
      addFolder(sources, name, path);
      return;
    }
    try (InputStream _ = Files.newInputStream(path)) {
      sources.add(new Source(name, path));
    } catch (IOException e) {
      throw unreadable(name, e);
    }
  }

  private void addFolder(List<Source> sources, String name, Path folder) {
    int before = sources.size();
    try (Stream<Path> paths =
        Files.walk(folder, isRecursive ? DEPTH_MAX : 1, FileVisitOption.FOLLOW_LINKS)) {
      paths
          .filter(path -> path.toString().matches(".*\\.(yaml|yml|json)"))
          .filter(Files::isRegularFile)
          .sorted()
          .forEach(path -> sources.add(new Source(path.toString(), path)));
    } catch (IOException e) {
      throw unreadable(name, e);
    } catch (java.io.UncheckedIOException e) {
      throw unreadable(name, new IOException(e.getMessage(), e));
    }
    if (sources.size() == before) {
      throw new SettingsException(
          "folder '"
              + name
              + "' has no .yaml, .yml or .json"
              + (isRecursive ? "" : "; -R looks into its folders too"));
    }
  }

  private static SettingsException unreadable(String name, IOException e) {
    return new SettingsException("file '" + name + "' cannot be read: " + why(e), e);
  }

  /** Returns why a file cannot be read, in the words of the system. */
  static String why(IOException e) {
    return switch (e) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "permission denied";
      case NotDirectoryException _ -> "not a folder";
      case java.nio.file.FileSystemException system when system.getReason() != null ->
          system.getReason();
      default -> e.getMessage() == null ? e.toString() : e.getMessage();
    };
  }
}
