"""Floor 6: runs an approved plan. Rules without I/O decide, the executor carries out, every run can be replayed."""
