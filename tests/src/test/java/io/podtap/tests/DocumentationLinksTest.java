/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Documents point at what exists; no committed file ties the project to one package registry. */
class DocumentationLinksTest {

  private static final Pattern LINK =
      Pattern.compile("\\[[^\\]]*\\]\\(([^)\\s]+)(?:\\s+\"[^\"]*\")?\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");
  private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^```.*?^```");
  private static final Pattern ABSOLUTE = Pattern.compile("^[a-z][a-z+.-]*:.*");

  /** In two parts, so that this file passes its own test. */
  private static final Pattern REGISTRY_HOST =
      Pattern.compile(
          "(?i)\\b(repo1?\\.maven|repo\\.maven\\.apache|maven\\.google|central\\.sonatype|oss\\.sonatype"
              + "|registry\\.npm"
              + "js|registry\\.yarnpkg|files\\.python"
              + "hosted|pypi|index\\.crates|static\\.crates|proxy\\.golang|plugins\\.gradle"
              + "|registry-1\\.docker|deb\\.debian|archive\\.ubuntu)\\.(org|com|io|dev)\\b");

  @Test
  void everyRelativeLinkLeadsSomewhere() throws IOException {
    List<String> broken = new ArrayList<>();
    for (Path file : Repository.files()) {
      if (file.toString().endsWith(".md")) {
        checkLinks(file, broken);
      }
    }
    assertThat(broken).as("links in documents whose target is not in the repository").isEmpty();
  }

  private static void checkLinks(Path file, List<String> broken) throws IOException {
    Matcher links = LINK.matcher(CODE_BLOCK.matcher(Files.readString(file)).replaceAll(""));
    while (links.find()) {
      String link = links.group(1);
      if (!ABSOLUTE.matcher(link).matches() && !leadsSomewhere(file, link)) {
        broken.add(Repository.root().relativize(file) + " -> " + link);
      }
    }
  }

  private static boolean leadsSomewhere(Path file, String link) throws IOException {
    int hash = link.indexOf('#');
    String path = hash < 0 ? link : link.substring(0, hash);
    Path target = path.isEmpty() ? file : file.resolveSibling(path).normalize();
    if (!target.startsWith(Repository.root()) || !Files.exists(target)) {
      return false;
    }
    return hash < 0
        || !target.toString().endsWith(".md")
        || anchors(Files.readString(target)).contains(link.substring(hash + 1));
  }

  /** Returns the anchors that a forge makes of the headings. */
  private static Set<String> anchors(String document) {
    Set<String> anchors = new HashSet<>();
    Matcher headings = HEADING.matcher(CODE_BLOCK.matcher(document).replaceAll(""));
    while (headings.find()) {
      anchors.add(
          headings
              .group(1)
              .toLowerCase(Locale.ROOT)
              .replaceAll("[^\\p{L}\\p{N} _-]", "")
              .replace(' ', '-'));
    }
    return anchors;
  }

  @Test
  void everyLogIsListed() throws IOException {
    String list = Files.readString(Repository.root().resolve("docs/logs.md"));
    List<String> missing = new ArrayList<>();
    for (Path file : Repository.files()) {
      if (file.toString().contains("docs/logs/")
          && !list.contains("](logs/" + file.getFileName() + ")")) {
        missing.add(file.getFileName().toString());
      }
    }
    assertThat(missing).as("pages of docs/logs that docs/logs.md does not list").isEmpty();
  }

  /** The guide's commands are typed by the end-to-end suite; the tutorial explains the same. */
  @Test
  void theTutorialHasTheCommandsOfTheGuide() throws IOException {
    Matcher guide =
        CODE_BLOCK.matcher(Files.readString(Repository.root().resolve("docs/kubernetes.md")));
    assertThat(guide.find()).isTrue();
    List<String> commands =
        guide
            .group()
            .lines()
            .filter(line -> !line.startsWith("```"))
            .map(DocumentationLinksTest::command)
            .toList();
    assertThat(commands).hasSizeGreaterThan(4);
    assertThat(Files.readString(Repository.root().resolve("docs/tutorial.md"))).contains(commands);
  }

  private static String command(String line) {
    return line.replaceFirst(" +#.*", "");
  }

  /**
   * Chart, manifests, examples and defaults name the images that the build makes: all versions are
   * the one in the poms ({@code deploy/set-version} sets them).
   */
  @Test
  void everyVersionIsTheSame() throws IOException {
    Pattern pom = Pattern.compile("<artifactId>podtap</artifactId>\\s*<version>([^<]+)</version>");
    Pattern image =
        Pattern.compile(
            "\\bpodtap(?:-sensor|-webhook)?:(\\d+\\.\\d+\\.\\d+(?:-[A-Z]+\\d*)?)(?![.\\d])"
                + "|kubernetes\\.io/version: \"([^\"]+)\"|(?m:^(?:v|appV)ersion: (\\S+)$)");
    Set<String> builds = new HashSet<>();
    Set<String> images = new HashSet<>();
    for (Path file : Repository.files()) {
      String name = Repository.root().relativize(file).toString();
      if (name.endsWith("pom.xml")) {
        collect(pom, file, builds);
      } else if (name.startsWith("deploy/")
          || name.startsWith("examples/")
          || name.contains("/src/main/java/")) {
        collect(image, file, images);
      }
    }
    assertThat(builds).hasSize(1);
    assertThat(images).as("run deploy/set-version and deploy/render").isEqualTo(builds);
  }

  private static void collect(Pattern pattern, Path file, Set<String> found) throws IOException {
    Matcher matcher =
        pattern.matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    while (matcher.find()) {
      for (int group = 1; group <= matcher.groupCount(); group++) {
        if (matcher.group(group) != null) {
          found.add(matcher.group(group));
        }
      }
    }
  }

  @Test
  void noFileNamesARegistryHost() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : Repository.files()) {
      Matcher matcher =
          REGISTRY_HOST.matcher(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      if (matcher.find()) {
        found.add(Repository.root().relativize(file) + ": " + matcher.group());
      }
    }
    assertThat(found)
        .as(
            "files that name a package registry: builds take artifacts from wherever the user's"
                + " own settings say")
        .isEmpty();
  }
}
