package io.podtap.injector.manifest;

import org.snakeyaml.engine.v2.scanner.StreamReader;

/**
 * JSON as the YAML parser takes it. JSON is YAML but for a few characters, and a line break between
 * a key and its colon.
 *
 * @see "RFC 8259; YAML 1.2.2 sections 1.2 and 5.1"
 */
final class JsonSpelling {

  private JsonSpelling() {}

  /** Returns the same text, each character in its place. */
  static String asYaml(String text, int from, int to) {
    char[] characters = new char[to - from];
    text.getChars(from, to, characters, 0);
    boolean isText = false;
    for (int i = 0; i < characters.length; i++) {
      char character = characters[i];
      if (character == '"') {
        isText = !isText;
      } else if (isText && character == '\\' && i + 1 < characters.length) {
        i++;
      } else if (!isText && (LineBreaks.isBreak(character) || character == '\t')) {
        characters[i] = ' ';
      } else if (!Character.isSurrogate(character) && !StreamReader.isPrintable(character)) {
        characters[i] = 'x';
      }
    }
    return new String(characters);
  }
}
