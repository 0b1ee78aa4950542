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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Documents, help texts and messages use the words of docs/glossary.md; lines of documents are no
 * longer than 120 characters.
 */
class VocabularyTest {

  private static final int LINE_CHARACTERS_MAX = 120;
  private static final String GLOSSARY = "docs/glossary.md";
  private static final Pattern LIST =
      Pattern.compile("(?s)<!-- checked by VocabularyTest -->(.*?)<!-- end -->");
  private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

  /** Comments come before literals, so that a quotation mark in a comment begins no literal. */
  private static final Pattern LITERAL_OR_COMMENT =
      Pattern.compile(
          "//[^\\n]*|/\\*.*?\\*/|'(?:\\\\.|[^'\\\\\\n])+'"
              + "|\"\"\"(?:\\\\.|[^\\\\])*?\"\"\"|\"(?:\\\\.|[^\"\\\\])*\"",
          Pattern.DOTALL);

  /** A name in a JSON document that programs read: it stays (docs/stability.md). */
  private static final Pattern MEMBER_NAME = Pattern.compile("\\\\\"\\w+\\\\\":");

  private static final Pattern CODE_BLOCK = Pattern.compile("(?ms)^ *```.*?^ *```");
  private static final Pattern JOINED_LITERALS = Pattern.compile("\"\\s*\\+\\s*\"");

  /**
   * Places in which an unused word is right.
   *
   * @param file from the top folder
   * @param text with the word, as it stands there on one line
   */
  private record Exemption(String file, String text) {}

  private static final List<Exemption> EXEMPTIONS =
      List.of(
          new Exemption("CHANGELOG.md", "`deploy/people.yaml`"),
          new Exemption("CHANGELOG.md", "`deploy/images/bill`"),
          new Exemption("docs/migration.md", "`strangers`"));

  @Test
  void documentsUseTheWordsOfTheGlossary() throws IOException {
    Pattern unused = unusedWords();
    List<String> found = new ArrayList<>();
    Set<Exemption> needed = new LinkedHashSet<>();
    for (Path file : Repository.files()) {
      String name = Repository.root().relativize(file).toString();
      if (isDocument(name)) {
        find(unused, name, exempt(name, Files.readString(file), needed), 0, found);
      }
    }
    assertThat(found).as("words that the glossary replaces, in documents").isEmpty();
    assertThat(EXEMPTIONS).as("exemptions that are no longer needed").hasSameElementsAs(needed);
  }

  @Test
  void messagesUseTheWordsOfTheGlossary() throws IOException {
    Pattern unused = unusedWords();
    List<String> found = new ArrayList<>();
    int literals = 0;
    for (Path file : Repository.files()) {
      String name = Repository.root().relativize(file).toString();
      if (name.contains("/src/main/java/") && name.endsWith(".java")) {
        literals += findInLiterals(unused, name, Files.readString(file), found);
      }
    }
    assertThat(literals).as("literals read").isGreaterThan(1000);
    assertThat(found).as("words that the glossary replaces, in texts of programs").isEmpty();
  }

  @Test
  void linesOfDocumentsAreShort() throws IOException {
    List<String> found = new ArrayList<>();
    for (Path file : Repository.files()) {
      String name = Repository.root().relativize(file).toString();
      if (name.endsWith(".md")) {
        String text = blank(CODE_BLOCK.matcher(Files.readString(file)));
        int number = 0;
        for (String line : text.lines().toList()) {
          number++;
          if (line.length() > LINE_CHARACTERS_MAX && canBeWrapped(line)) {
            found.add(name + ":" + number + ": " + line.length() + " characters");
          }
        }
      }
    }
    assertThat(found).as("lines of more than " + LINE_CHARACTERS_MAX + " characters").isEmpty();
  }

  /** What the two tests above would not find, they would not guard against. */
  @Test
  void findsAWordAcrossLinesAndInJoinedLiterals() throws IOException {
    Pattern unused = unusedWords();
    List<String> found = new ArrayList<>();
    find(unused, "a.md", "works as\n  Ever; a believer's strangeness", 0, found);
    assertThat(found).containsExactly("a.md:1: as Ever");
    found.clear();
    findInLiterals(
        unused,
        "A.java",
        "// \"a stranger\n f(\"started \"\n  + \"again\", '\"', \"anew\\\"\"); /* \"as ever\" */",
        found);
    assertThat(found).containsExactly("A.java:2: started again", "A.java:3: anew");
  }

  private static boolean isDocument(String name) {
    return (name.endsWith(".md") && !name.equals(GLOSSARY))
        || name.startsWith("examples/")
        || (name.startsWith("deploy/") && name.matches(".*\\.(yaml|json|txt|tpl)"));
  }

  /** A table's row, a heading, a link and a comment stand on one line. */
  private static boolean canBeWrapped(String line) {
    String text = line.strip();
    return !text.startsWith("|")
        && !text.startsWith("#")
        && !text.startsWith("<")
        && text.replaceFirst("^[-*] ", "").indexOf(' ') >= 0
        && !text.matches("\\[[^\\]]*\\]: .*");
  }

  private static Pattern unusedWords() throws IOException {
    Matcher list = LIST.matcher(Files.readString(Repository.root().resolve(GLOSSARY)));
    assertThat(list.find()).as("the list in " + GLOSSARY).isTrue();
    Set<String> words = new TreeSet<>();
    list.group(1)
        .lines()
        .filter(line -> line.startsWith("| `"))
        .forEach(line ->
            QUOTED
                .matcher(line.substring(0, line.indexOf('|', 1)))
                .results()
                .forEach(result -> words.add(result.group(1))));
    assertThat(words).hasSizeGreaterThan(20);
    return Pattern.compile(
        words.stream()
            .map(word -> Pattern.quote(word).replace(" ", "\\E\\s+\\Q"))
            .collect(Collectors.joining("|", "(?<![\\w-])(?:", ")(?![\\w-])")),
        Pattern.CASE_INSENSITIVE);
  }

  private static String exempt(String name, String text, Set<Exemption> needed) {
    String rest = text;
    for (Exemption exemption : EXEMPTIONS) {
      if (exemption.file().equals(name) && rest.contains(exemption.text())) {
        needed.add(exemption);
        rest = rest.replace(exemption.text(), "");
      }
    }
    return rest;
  }

  private static int findInLiterals(
      Pattern unused, String name, String source, List<String> found) {
    String joined = blank(JOINED_LITERALS.matcher(source));
    Matcher matcher = LITERAL_OR_COMMENT.matcher(joined);
    int literals = 0;
    while (matcher.find()) {
      if (matcher.group().charAt(0) == '"') {
        literals++;
        String text = MEMBER_NAME.matcher(matcher.group()).replaceAll("");
        find(unused, name, text, lines(joined, matcher.start()), found);
      }
    }
    return literals;
  }

  /** Replaces what is found, except line ends, which keep the numbers of lines. */
  private static String blank(Matcher matcher) {
    return matcher.replaceAll(
        result -> "\n".repeat(lines(result.group(), result.group().length())));
  }

  private static int lines(String text, int end) {
    return (int) text.chars().limit(end).filter(character -> character == '\n').count();
  }

  private static void find(
      Pattern unused, String name, String text, int linesBefore, List<String> found) {
    Matcher matcher = unused.matcher(text);
    while (matcher.find()) {
      found.add(
          String.format(
              Locale.ROOT,
              "%s:%d: %s",
              name,
              linesBefore + lines(text, matcher.start()) + 1,
              matcher.group().replaceAll("\\s+", " ")));
    }
  }
}
