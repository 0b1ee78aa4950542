package io.podtap.injector;

import io.podtap.core.config.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Text of a file, or of standard input for {@code -}; UTF-8. */
final class FileText {

  private static final String STANDARD_INPUT = "-";

  private FileText() {}

  /**
   * Reads all of it.
   *
   * @throws SettingsException when it cannot be read or is no text
   */
  static String read(String file, InputStream in) {
    try {
      byte[] bytes =
          file.equals(STANDARD_INPUT) ? in.readAllBytes() : Files.readAllBytes(Path.of(file));
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      throw new SettingsException(label(file) + " is not UTF-8 text", e);
    } catch (IOException e) {
      throw new SettingsException("file '" + file + "' cannot be read", e);
    }
  }

  /** Returns how messages name it. */
  static String label(String file) {
    return file.equals(STANDARD_INPUT) ? "standard input" : file;
  }

  /** Writes bytes as they are: no other line ends, no other encoding. */
  static void write(PrintStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(bytes, 0, bytes.length);
    out.flush();
  }
}
