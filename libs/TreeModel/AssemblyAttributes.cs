using System.Runtime.CompilerServices;

// Stack buffers are written before they are read; clearing them first would cost as much as a search.
[module: SkipLocalsInit]
