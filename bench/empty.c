/* Nothing, linked with every library that headgate is linked with: what the loader takes. */
int main(void)
{
    return 0;
}
