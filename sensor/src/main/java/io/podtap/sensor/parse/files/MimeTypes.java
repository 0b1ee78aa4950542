package io.podtap.sensor.parse.files;

import io.podtap.sensor.parse.Payload;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/**
 * What kind of file begins with these bytes, by the names that Zeek gives. Stateless once made.
 *
 * @see "the formats' own specifications; names: Zeek, scripts/base/frameworks/files/magic"
 */
final class MimeTypes {

  /** Bytes of a file that are looked at. */
  static final int LOOK_BYTES = 4_096;

  private static final int TAR_MAGIC_OFFSET = 257;
  private static final int ZIP_NAME_OFFSET = 30;

  /**
   * Bytes at a place that mean a type.
   *
   * @param bytes one char a byte; {@code '\uFFFF'} stands for any
   */
  private record Magic(String type, int offset, String bytes) {

    /** Returns where in a file its first byte stands that is not just any. */
    int place() {
      int at = 0;
      while (bytes.charAt(at) == ANY) {
        at++;
      }
      return offset + at;
    }

    boolean matches(Payload data) {
      if (data.length() < offset + bytes.length()) {
        return false;
      }
      for (int i = 0; i < bytes.length(); i++) {
        if (bytes.charAt(i) != ANY && data.u8(offset + i) != bytes.charAt(i)) {
          return false;
        }
      }
      return true;
    }
  }

  private static final char ANY = '\uFFFF';
  private static final String ANY_2 = "\uFFFF\uFFFF";
  private static final String ANY_4 = ANY_2 + ANY_2;
  private static final String ANY_10 = ANY_4 + ANY_4 + ANY_2;

  /**
   * All that is told by the byte at one place of a file.
   *
   * @param byValue for each value of that byte, what may begin with it
   */
  private record Place(int offset, List<List<Magic>> byValue) {

    static Place at(int offset) {
      return new Place(
          offset, Stream.generate(() -> (List<Magic>) new ArrayList<Magic>()).limit(256).toList());
    }

    void add(Magic magic) {
      byValue.get(magic.bytes().charAt(offset - magic.offset())).add(magic);
    }

    String first(Payload data) {
      int value = data.u8(offset);
      return value < 0 ? "" : MimeTypes.first(byValue.get(value), data);
    }
  }

  /** In ascending order: what stands at the beginning is asked first. */
  private static final List<Place> PLACES = new ArrayList<>();

  static {
    images();
    archives();
    programs();
    documents();
    sounds();
    films();
    fonts();
    PLACES.sort(Comparator.comparingInt(Place::offset));
  }

  private MimeTypes() {}

  private static void add(String type, String bytes) {
    add(type, 0, bytes);
  }

  private static void add(String type, int offset, String bytes) {
    Magic magic = new Magic(type, offset, bytes);
    place(magic.place()).add(magic);
  }

  private static Place place(int offset) {
    for (Place place : PLACES) {
      if (place.offset() == offset) {
        return place;
      }
    }
    Place place = Place.at(offset);
    PLACES.add(place);
    return place;
  }

  private static void images() {
    add("image/png", "\u0089PNG");
    add("image/gif", "GIF8");
    add("image/jpeg", "\u00ff\u00d8");
    add("image/tiff", "MM\0*");
    add("image/tiff", "MM\0+");
    add("image/tiff", "II*\0");
    add("image/tiff", "II+\0");
    add("image/webp", "RIFF" + ANY_4 + "WEBP");
    add("image/x-icon", "\0\0\u0001\0");
    add("image/x-cursor", "\0\0\u0002\0");
    add("image/vnd.adobe.photoshop", "8BPS");
    add("image/jp2", ANY_4 + "ftypjp2");
    add("image/jp2", ANY_4 + "jP");
    add("image/vnd.dwg", "AC10");
    add("image/x-xcf", "gimp xcf");
    for (char headerLength : new char[] {12, 40, 64, 108, 124, 128}) {
      add("image/x-ms-bmp", "BM" + ANY_10 + ANY_2 + headerLength + "\0");
    }
  }

  private static void archives() {
    add("application/x-gzip", "\u001f\u008b");
    add("application/x-bzip2", "BZh");
    add("application/x-xz", "\u00fd7zXZ\0");
    add("application/x-7z-compressed", "7z\u00bc\u00af'\u001c");
    add("application/x-rar", "Rar!");
    add("application/vnd.ms-cab-compressed", "MSCF\0\0\0\0");
    add("application/x-rpm", "\u00ed\u00ab\u00ee\u00db");
    add("application/x-debian-package", "!<arch>\ndebian");
    add("application/x-archive", "!<arch>");
    add("application/x-lz4", "\u0004\"M\u0018");
    add("application/x-lzip", "LZIP");
    add("application/x-lzma", "]\0\0");
    add("application/x-compress", "\u001f\u009d");
    add("application/x-xar", "xar!");
    add("application/x-arj", "`\u00ea");
    add("application/x-ace", 7, "**ACE**");
    add("application/x-cpio", "\u00c7q");
    add("application/x-cpio", "q\u00c7");
    add("application/warc", "WARC/");
    add("application/x-stuffit", "SIT!");
    add("application/x-zoo", 20, "\u00dc\u00a7\u00c4\u00fd");
  }

  private static void programs() {
    add("application/x-java-applet", "\u00ca\u00fe\u00ba\u00be\0\0\0-");
    for (char version = '.'; version <= 'B'; version++) {
      add("application/x-java-applet", "\u00ca\u00fe\u00ba\u00be\0\0\0" + version);
    }
    add("application/x-mach-o-executable", "\u00ce\u00fa\u00ed\u00fe");
    add("application/x-mach-o-executable", "\u00cf\u00fa\u00ed\u00fe");
    add("application/x-mach-o-executable", "\u00ca\u00fe\u00ba\u00be\0\0\0");
    String[] elfTypes = {"", "object", "executable", "sharedlib", "coredump"};
    for (char type = 1; type < elfTypes.length; type++) {
      for (char width = 1; width <= 2; width++) {
        String head = "\u007fELF" + width;
        String name = "application/x-" + elfTypes[type];
        add(name, head + "\u0001" + ANY_10 + type + "\0");
        add(name, head + "\u0002" + ANY_10 + "\0" + type);
      }
    }
    add("application/x-dosexec", "MZ");
    add("application/x-ms-shortcut", "L\0\0\0\u0001\u0014\u0002\0");
  }

  private static void documents() {
    add("application/pdf", "%PDF-");
    add("application/postscript", "%!");
    add("application/postscript", "\u0004%!");
    add("application/msword", "\u00d0\u00cf\u0011\u00e0\u00a1\u00b1\u001a\u00e1");
    add("text/rtf", "{\\rtf");
    add("application/x-shockwave-flash", "FWS");
    add("application/x-shockwave-flash", "CWS");
    add("application/x-shockwave-flash", "ZWS");
    add("application/vnd.tcpdump.pcap", "\u00a1\u00b2\u00c3\u00d4");
    add("application/vnd.tcpdump.pcap", "\u00d4\u00c3\u00b2\u00a1");
    add("application/vnd.tcpdump.pcap", "\n\r\r\n" + ANY_4 + "\u001a+<M");
    add("application/vnd.tcpdump.pcap", "\n\r\r\n" + ANY_4 + "M<+\u001a");
    add("application/vnd.ms-tnef", "x\u009f>\"");
    add("application/x-pem", "-----BEGIN CERTIFICATE-----");
    add("application/x-msaccess", ANY_4 + "Standard Jet DB\0");
    add("application/x-msaccess", ANY_4 + "Standard ACE DB\0");
    add("application/x-sqlite3", "SQLite format 3\0");
    for (int at = 11; at <= 19; at++) {
      add("application/ocsp-request", at, "\u0006\u0005+\u000e\u0003\u0002\u001a");
      add("application/ocsp-response", at, "\u0006\t+\u0006\u0001\u0005\u0005\u00070\u0001\u0001");
    }
  }

  private static void sounds() {
    for (char kind : new char[] {0xe2, 0xe3, 0xf2, 0xf3, 0xf6, 0xf7, 0xfa, 0xfb, 0xfc, 0xfd}) {
      add("audio/mpeg", "\u00ff" + kind);
    }
    add("audio/mpeg", "ID3");
    add("audio/m4a", ANY_4 + "ftypm4a");
    add("audio/x-wav", "RIFF" + ANY_4 + "WAVE");
    add("audio/x-flac", "fLaC");
    add("application/ogg", "OggS");
    add("audio/midi", "MThd");
  }

  private static void films() {
    add("video/x-flv", "FLV");
    add("video/quicktime", ANY_4 + "mdat");
    add("video/quicktime", ANY_4 + "moov");
    add("video/mp4", ANY_4 + "ftypisom");
    add("video/mp4", ANY_4 + "ftypmp41");
    add("video/mp4", ANY_4 + "ftypmp42");
    for (String brand : List.of("3ge", "3gg", "3gp", "3gs", "3g2", "avc1", "mmp4")) {
      add("video/3gpp", ANY_4 + "ftyp" + brand);
    }
    add("video/x-msvideo", "RIFF" + ANY_4 + "AVI ");
    add("video/mpv", "\0\0\u0001\u00b3");
    for (char kind = 0xb0; kind <= 0xbb; kind++) {
      add("video/mpeg", "\0\0\u0001" + kind);
    }
    add("video/x-ms-asf", "0&\u00b2u\u008ef\u00cf\u0011");
  }

  private static void fonts() {
    add("application/font-woff", "wOFF");
    add("application/font-woff2", "wOF2");
    add("application/x-font-ttf", "\0\u0001\0\0\0");
    add("application/vnd.ms-opentype", "OTTO");
  }

  /**
   * Returns the type, or an empty text when nothing is known.
   *
   * @param data the file's first {@value #LOOK_BYTES} bytes, or all it has
   */
  static String of(Payload data) {
    if (data.isEmpty()) {
      return "";
    }
    if (data.has(0, "PK\u0003\u0004") || data.has(0, "PK\u0007\bPK")) {
      return zip(data);
    }
    String found = "";
    for (int i = 0; i < PLACES.size() && found.isEmpty(); i++) {
      found = PLACES.get(i).first(data);
    }
    if (found.isEmpty() && data.has(TAR_MAGIC_OFFSET, "ustar")) {
      found = "application/x-tar";
    }
    if (found.isEmpty() && data.has(0, "\u001aE\u00df\u00a3")) {
      found = data.contains("webm", 64) ? "video/webm" : "video/x-matroska";
    }
    return found.isEmpty() ? TextTypes.of(data) : found;
  }

  private static String first(List<Magic> candidates, Payload data) {
    for (int i = 0; i < candidates.size(); i++) {
      if (candidates.get(i).matches(data)) {
        return candidates.get(i).type();
      }
    }
    return "";
  }

  /** A ZIP archive is many things, by the names of its first files. */
  private static String zip(Payload data) {
    String office = "application/vnd.openxmlformats-officedocument";
    if (data.contains("META-INF/MANIFEST.MF", 300)) {
      return "application/java-archive";
    }
    boolean packaged =
        data.has(ZIP_NAME_OFFSET, "[Content_Types].xml")
            || data.has(ZIP_NAME_OFFSET, "_rels/.rels")
            || data.has(ZIP_NAME_OFFSET, "word/")
            || data.has(ZIP_NAME_OFFSET, "xl/")
            || data.has(ZIP_NAME_OFFSET, "ppt/");
    if (packaged && data.contains("word/", LOOK_BYTES)) {
      return office + ".wordprocessingml.document";
    }
    if (packaged && data.contains("xl/", LOOK_BYTES)) {
      return office + ".spreadsheetml.sheet";
    }
    if (packaged && data.contains("ppt/", LOOK_BYTES)) {
      return office + ".presentationml.presentation";
    }
    return data.has(4, "\u0014\0\u0006\0") ? office : "application/zip";
  }
}
