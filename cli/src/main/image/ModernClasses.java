import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.constant.ClassDesc;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Rewrites, in place, the classes of a jar that were compiled for Java 5 into today's class file version. Older ones are
 * verified by inference at every start and never kept in an ahead-of-time cache; picocli's are half of what a tap's start
 * costs.
 *
 * <p>{@code java ModernClasses.java JAR}
 */
final class ModernClasses {

  /** Since then class files carry the stack maps that the fast verifier wants (JVMS 4.10.1). */
  private static final int STACK_MAPS_SINCE = 50;

  private static final ClassTransform TO_LATEST =
      ClassTransform.transformingMethodBodies((builder, element) -> builder.with(element))
          .andThen(
              (builder, element) -> {
                if (element instanceof ClassFileVersion) {
                  builder.withVersion(ClassFile.latestMajorVersion(), 0);
                } else {
                  builder.with(element);
                }
              });

  private ModernClasses() {}

  public static void main(String[] arguments) throws IOException {
    try (FileSystem jar = FileSystems.newFileSystem(Path.of(arguments[0]))) {
      Path root = jar.getPath("/");
      ClassFile format =
          ClassFile.of(
              ClassFile.StackMapsOption.GENERATE_STACK_MAPS,
              ClassFile.ClassHierarchyResolverOption.of(
                  ClassHierarchyResolver.ofResourceParsing((ClassDesc type) -> open(root, type))
                      .orElse(ClassHierarchyResolver.defaultResolver())));
      for (Path file : classes(root)) {
        var model = format.parse(Files.readAllBytes(file));
        if (model.majorVersion() < STACK_MAPS_SINCE) {
          Files.write(file, format.transformClass(model, TO_LATEST));
        }
      }
    }
  }

  private static List<Path> classes(Path root) throws IOException {
    try (var files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".class")).toList();
    }
  }

  /** Returns null where the jar has no such class, as the resolver wants it. */
  private static InputStream open(Path root, ClassDesc type) {
    String name = type.descriptorString();
    Path file = root.resolve(name.substring(1, name.length() - 1) + ".class");
    try {
      return Files.exists(file) ? Files.newInputStream(file) : null;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
