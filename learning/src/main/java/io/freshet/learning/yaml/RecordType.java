package io.freshet.learning.yaml;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The constructor and the accessors of a record, looked up once. */
record RecordType(Constructor<?> constructor, List<Method> accessors) {
    static RecordType of(Class<? extends Record> record) {
        RecordComponent[] components = record.getRecordComponents();
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            Constructor<?> constructor = record.getDeclaredConstructor(types);
            constructor.setAccessible(true);
            List<Method> accessors =
                    Arrays.stream(components).map(RecordComponent::getAccessor).toList();
            accessors.forEach(accessor -> accessor.setAccessible(true));
            return new RecordType(constructor, accessors);
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException("every record has a constructor for its components", e);
        }
    }

    int size() {
        return accessors.size();
    }

    boolean isTypeOf(@Nullable Object value) {
        return constructor.getDeclaringClass().isInstance(value);
    }

    Object create(@Nullable Object[] components) {
        try {
            return constructor.newInstance(components);
        } catch (InvocationTargetException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(toString(), e);
        }
    }

    @Nullable Object component(Object value, int number) {
        try {
            return accessors.get(number).invoke(value);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(toString(), e);
        }
    }

    @Override
    public String toString() {
        return constructor.getDeclaringClass().getSimpleName();
    }
}
