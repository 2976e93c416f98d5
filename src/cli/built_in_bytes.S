// The bytes of the built-in model, for built_in.c: the file that BUILT_IN_FILE names, or none.
#ifdef __APPLE__
#define BYTES_BEGIN _built_in_begin
#define BYTES_END   _built_in_end
    .const
#else
#define BYTES_BEGIN built_in_begin
#define BYTES_END   built_in_end
    .section .rodata
#endif
    .globl BYTES_BEGIN
    .globl BYTES_END
    .p2align 6
BYTES_BEGIN:
#ifdef BUILT_IN_FILE
    .incbin BUILT_IN_FILE
#endif
BYTES_END:
    .byte 0
#ifdef __ELF__
    .section .note.GNU-stack, "", %progbits
#endif
